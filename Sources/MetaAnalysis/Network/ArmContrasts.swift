/// The contrasts of studies that are given by their arms.
struct ArmContrasts<Outcome: ArmOutcome> {
    private(set) var contrasts: [Contrast] = []
    /// Participants (or person-time) of every arm, by study and treatment.
    private(set) var sizes: [String: [Treatment: Double]] = [:]
    private(set) var excluded: [ExcludedStudy] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for data that no arm can have and for two arms with the same treatment.
    init(_ arms: [NetworkArm<Outcome>], measure: Outcome.Pair.Measure, settings: EffectSettings) throws {
        let details = try MeasureDescription.requireContrast(measure.details.code)
        try EffectSizes.check(settings, for: details)
        try settings.requireNoAverages(over: Set(arms.map(\.treatment)).count, for: details)
        let studies = try Self.studies(arms, for: measure)
        let plan = Plan(settings.correction, details, studies)
        let corrected = studies.map { plan.drops($0) ? [] : plan.applied(to: $0) }
        let averages = Outcome.Pair.averages(
            for: measure, settings: settings, over: corrected.flatMap(Self.pairs).lazy.map { $0 })
        var correctedLabels: [String] = []
        var spared = false
        for (study, outcomes) in zip(studies, corrected) {
            let label = study[0].study
            do throws(Exclusion) {
                guard study.count > 1 else {
                    throw Exclusion("it has one arm (\(study[0].treatment.shown)), which compares nothing")
                }
                guard !plan.drops(study) else { throw Exclusion("no events, or only events, in every arm") }
                var effects = try Outcome.effects(of: outcomes, measure, settings: settings, averages: averages)
                if plan.corrects(study) {
                    correctedLabels.append(label)
                    if settings.correction.target == .variance {
                        for (index, pair) in Self.pairs(study.map(\.outcome)).enumerated() {
                            guard let own = pair.estimateAtZero(measure) else { continue }
                            effects[index].estimate = own
                            spared = true
                        }
                    }
                }
                try add(effects, of: study)
            } catch {
                excluded.append(ExcludedStudy(label: label, row: study[0].row, reason: error.reason))
            }
        }
        if !correctedLabels.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .note, .continuityCorrection,
                    "\(settings.correction.amount.plain) added to the cells of all arms of \(correctedLabels.count) of"
                        + " \(studies.count) studies" + (spared ? ContinuityCorrection.forVariancesAlone : ""),
                    studies: correctedLabels))
        }
        diagnostics += excluded.map {
            Diagnostic(.warning, .studyExcluded, "left out: \($0.reason)", studies: [$0.label])
        }
    }

    private mutating func add(_ effects: [EffectEstimate], of study: [NetworkArm<Outcome>]) throws(Exclusion) {
        for effect in effects {
            guard effect.estimate.isFinite, effect.variance.isFinite else {
                throw Exclusion("an effect or its variance is outside the range of numbers")
            }
            guard effect.variance >= EffectEstimate.leastVariance else { throw Exclusion.tooPrecise(effect.variance) }
        }
        var next = effects.startIndex
        for first in study.indices {
            sizes[study[0].study, default: [:]][study[first].treatment] = study[first].outcome.sampleSize
            for second in study.indices.dropFirst(first + 1) {
                contrasts.append(
                    Contrast(
                        study: study[0].study, study[first].treatment, versus: study[second].treatment,
                        estimate: effects[next].estimate, variance: effects[next].variance, row: study[first].row,
                        group: study.lazy.compactMap(\.group).first))
                next += 1
            }
        }
    }

    /// Groups arms by study and sorts the arms of each by treatment, so that the order of rows does not matter.
    private static func studies(
        _ arms: [NetworkArm<Outcome>], for measure: Outcome.Pair.Measure
    ) throws -> [[NetworkArm<Outcome>]] {
        var studies: [String: [NetworkArm<Outcome>]] = [:]
        for arm in arms {
            do {
                guard !arm.treatment.name.isEmpty else {
                    throw MetaAnalysisError(
                        .invalidOutcome, "the treatment has no name", remedy: "name it",
                        location: MetaAnalysisError.Location(column: "treatment"))
                }
                try arm.outcome.validate()
            } catch var error as MetaAnalysisError {
                error.location.study = arm.study
                error.location.row = arm.row
                throw error
            }
            studies[arm.study, default: []].append(arm)
        }
        return try studies.sorted { $0.key < $1.key }.map { label, arms in
            let sorted = arms.sorted { $0.treatment < $1.treatment }
            for (first, second) in zip(sorted, sorted.dropFirst()) where first.treatment == second.treatment {
                throw MetaAnalysisError(
                    .invalidOutcome, "two arms received \(quoted(first.treatment.name))",
                    remedy: "add the two arms up, or tell the treatments apart by their names",
                    location: MetaAnalysisError.Location(
                        row: [first.row, second.row].compactMap(\.self).max(), column: "treatment", study: label))
            }
            return sorted
        }
    }

    private static func pairs(_ arms: [Outcome]) -> [Outcome.Pair] {
        arms.indices.flatMap { first in
            arms.indices.dropFirst(first + 1).map { Outcome.pair(arms[first], versus: arms[$0]) }
        }
    }

    /// Which studies get a continuity correction: all arms of a study or none, so that its contrasts stay consistent.
    private struct Plan {
        let correction: ContinuityCorrection
        let isUsed: Bool
        let anyZero: Bool

        init(_ correction: ContinuityCorrection, _ measure: MeasureDescription, _ studies: [[NetworkArm<Outcome>]]) {
            self.correction = correction
            isUsed = measure.usesContinuityCorrection && correction.amount > 0 && correction.when != .never
            anyZero = studies.contains { Self.hasZeroCell($0) && !Self.drops($0, correction) }
        }

        private static func hasZeroCell(_ arms: [NetworkArm<Outcome>]) -> Bool {
            ArmContrasts.pairs(arms.map(\.outcome)).contains(where: \.hasZeroCell)
        }

        private static func drops(_ arms: [NetworkArm<Outcome>], _ correction: ContinuityCorrection) -> Bool {
            correction.dropsDoubleZero && arms.count > 1
                && ArmContrasts.pairs(arms.map(\.outcome)).allSatisfy(\.isDoubleZero)
        }

        func drops(_ arms: [NetworkArm<Outcome>]) -> Bool { Self.drops(arms, correction) }

        func corrects(_ arms: [NetworkArm<Outcome>]) -> Bool {
            guard isUsed else { return false }
            return switch correction.when {
            case .zero: Self.hasZeroCell(arms)
            case .all: true
            case .anyZero: anyZero
            case .never: false
            }
        }

        func applied(to arms: [NetworkArm<Outcome>]) -> [Outcome] {
            guard corrects(arms) else { return arms.map(\.outcome) }
            let total = arms.reduce(0) { $0 + ($1.outcome.sampleSize ?? 0) }
            return arms.map { arm in
                var own = ContinuityCorrection(amount: correction.amount, when: .all)
                if correction.kind == .treatmentArm, let size = arm.outcome.sampleSize {
                    own.amount *= Double(arms.count) * size / total
                }
                return arm.outcome.corrected(by: own)
            }
        }
    }
}

extension EffectSettings {
    /// Returns these settings with the default target of the continuity correction in networks, for measures where the target matters.
    func forNetwork(_ measure: MeasureDescription) -> EffectSettings {
        let differences = [
            TwoByTwoTable.Measure.riskDifference.rawValue, TwoGroupRates.Measure.rateDifference.rawValue,
        ]
        var own = self
        if own.correction.target == nil, differences.contains(measure.code) { own.correction.target = .variance }
        return own
    }

    /// Refuses variances that average over the first and over the second groups of studies. With more than two treatments, which group is
    /// first depends only on names.
    ///
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`).
    func requireNoAverages(over treatments: Int, for measure: MeasureDescription) throws {
        let averaging: [VarianceVariant] = [.averaged, .averagedHomoscedastic]
        guard let variance, averaging.contains(variance), treatments > 2 else { return }
        let others = measure.variances.filter { !averaging.contains($0) }.map(\.rawValue)
        throw MetaAnalysisError(
            .unsupportedCombination,
            "the variance \(variance.rawValue) of \(measure.code) takes averages over treated and over control groups, which"
                + " \(treatments) treatments do not fall into",
            remedy: "take the variance \(others.joined(separator: ", "))")
    }
}
