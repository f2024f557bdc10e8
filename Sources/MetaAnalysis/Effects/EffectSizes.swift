/// The effects of a set of studies under one measure: what every model takes.
///
/// ```swift
/// let effects = try EffectSizes(trials, measure: .riskRatio)
/// ```
///
/// Shapes: k effects in the order of the studies, each estimate with its sampling variance on `scale`.
/// R: `metafor::escalc(measure, …)`.
public struct EffectSizes: Hashable, Sendable, Codable {
    /// The field's code of the measure ("RR"; "GEN" for effects taken as reported).
    public var measure: String
    public var scale: EffectScale
    /// Studies that gave an effect, in the order of the input.
    public var effects: [EffectSize]
    /// Studies that gave none, by name and with the reason.
    public var excluded: [ExcludedStudy]
    public var diagnostics: [Diagnostic]
    /// How they were computed; `nil` for effects taken as reported.
    public var settings: EffectSettings?
    /// The studies they were computed from, those that gave none included, but for those left out by request or without participants
    /// (person-time) in a group: what models of counts pool. `nil` for effects known beforehand.
    public var source: StudyCollection?

    /// Effects known beforehand.
    public init(
        measure: String = "GEN", scale: EffectScale = .identity, effects: [EffectSize],
        excluded: [ExcludedStudy] = [], diagnostics: [Diagnostic] = []
    ) {
        self.measure = measure
        self.scale = scale
        self.effects = effects
        self.excluded = excluded
        self.diagnostics = diagnostics
    }

    /// Computes the effect of every study, leaving out by name those that cannot give one.
    ///
    /// - Parameters:
    ///   - studies: one kind of data; labels may repeat, which `diagnostics` warn of.
    ///   - measure: an effect that this kind of data can give.
    ///   - settings: continuity correction, variance variant, bias correction.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for data that no study can have, `.unsupportedCombination` for a
    ///   variance variant the measure does not define. O(k).
    public init<Outcome: StudyOutcome>(
        _ studies: [Study<Outcome>], measure: Outcome.Measure, settings: EffectSettings = EffectSettings()
    ) throws {
        let details = measure.details
        try Self.check(settings, for: details)
        for study in studies {
            do {
                try study.outcome.validate(for: measure)
            } catch var error as MetaAnalysisError {
                error.location.study = study.label
                error.location.row = study.row
                throw error
            }
        }
        let plan = CorrectionPlan(settings.correction, details, studies)
        let averages = Outcome.averages(
            for: measure, settings: settings,
            over: studies.lazy.map(\.outcome).filter { !plan.drops($0) }.map { plan.applied(to: $0) }
                .filter { settings.variance?.isAveraged != true || $0.staysInRange(measure, settings) })
        var corrected: [String] = []
        var zeroCells = 0
        var spared = false
        self.init(measure: details.code, scale: details.scale, effects: [])
        self.settings = settings
        source = Outcome.collection(studies.filter { plan.counts($0.outcome) })
        effects.reserveCapacity(studies.count)
        var position = 0
        for study in studies {
            defer { if plan.counts(study.outcome) { position += 1 } }
            do throws(Exclusion) {
                guard !plan.drops(study.outcome) else {
                    throw Exclusion("no events, or only events, in both groups")
                }
                var effect = try plan.applied(to: study.outcome)
                    .effect(measure, settings: settings, averages: averages)
                if plan.sparesEstimate(of: study.outcome), let own = study.outcome.estimateAtZero(measure) {
                    effect.estimate = own
                    spared = true
                }
                guard effect.estimate.isFinite, effect.variance.isFinite else {
                    throw Exclusion("the effect or its variance is outside the range of numbers")
                }
                guard effect.variance >= EffectEstimate.leastVariance else {
                    throw Exclusion.tooPrecise(effect.variance)
                }
                if plan.corrects(study.outcome) {
                    corrected.append(study.label)
                    if study.outcome.hasZeroCell { zeroCells += 1 }
                }
                effects.append(EffectSize(study, effect, position: position))
            } catch {
                excluded.append(
                    ExcludedStudy(label: study.label, row: study.row, group: study.group, reason: error.reason))
            }
        }
        let canSpare = studies.contains { $0.outcome.estimateAtZero(measure) != nil }
        noteIdleSettings(details, sparesEstimates: canSpare)
        let purpose = spared ? ContinuityCorrection.forVariancesAlone : ""
        if let settings = self.settings,
            let note = settings.correction.note(corrected, of: studies.count, purpose: purpose)
        {
            diagnostics.append(note)
        }
        diagnostics += Diagnostic.rareEvents(zeroCells, of: effects.count, details)
        noteReported(details)
        noteExcluded()
        noteDuplicateLabels()
    }

    /// Harmonic mean of the sample sizes, which reads a pooled Freeman–Tukey value back; `nil` when one is unknown.
    public var harmonicMeanSampleSize: Double? {
        guard !effects.isEmpty else { return nil }
        var reciprocals = 0.0
        for effect in effects {
            guard let size = effect.sampleSize, size > 0 else { return nil }
            reciprocals += 1 / size
        }
        return Double(effects.count) / reciprocals
    }
}

extension EffectSizes {
    public var count: Int { effects.count }

    /// How many studies the effects are of; fewer than effects where a study gives several.
    public var studyCount: Int { Self.studyCount(effects.lazy.map { $0.identity ?? $0.label }) }

    /// Effects without a label are studies of their own.
    static func studyCount(_ names: some Sequence<String>) -> Int {
        var seen: Set<String> = []
        var count = 0
        for name in names where name.isEmpty || seen.insert(name).inserted { count += 1 }
        return count
    }

    /// The effects at these positions; what was said of all stays with the whole.
    ///
    /// - Parameter silent: positions in `source` of studies that gave no effect and still belong to the part.
    public func subset(_ indices: [Int], keeping silent: [Int] = []) -> EffectSizes {
        var part = EffectSizes(measure: measure, scale: scale, effects: indices.map { effects[$0] })
        part.settings = settings
        part.source = source?.subset(part.effects.map(\.position) + silent)
        for index in part.effects.indices { part.effects[index].position = index }
        return part
    }
}

extension EffectSize {
    fileprivate init<Outcome>(_ study: Study<Outcome>, _ effect: EffectEstimate, position: Int) {
        self.init(
            label: study.label, identity: study.identity, estimate: effect.estimate, variance: effect.variance,
            row: study.row,
            sampleSize: study.outcome.sampleSize, group: study.group, cluster: study.cluster,
            position: position)
    }
}

extension StudyOutcome {
    /// Whether the effect is no number out of range, which would make an average over all studies one.
    fileprivate func staysInRange(_ measure: Measure, _ settings: EffectSettings) -> Bool {
        var own = settings
        own.variance = nil
        let effect = try? effect(measure, settings: own, averages: [])
        return effect.map { $0.estimate.isFinite && $0.variance.isFinite } ?? true
    }
}

/// Which studies of a set are corrected, and which are dropped beforehand.
private struct CorrectionPlan<Outcome: StudyOutcome> {
    let correction: ContinuityCorrection
    private let isUsed: Bool
    private let anyZero: Bool

    init(_ correction: ContinuityCorrection, _ measure: MeasureDescription, _ studies: [Study<Outcome>]) {
        self.correction = correction
        isUsed = measure.usesContinuityCorrection && correction.amount > 0 && correction.when != .never
        anyZero =
            correction.when == .anyZero
            && studies.contains {
                $0.outcome.hasZeroCell && !(correction.dropsDoubleZero && $0.outcome.isDoubleZero)
            }
    }

    func drops(_ outcome: Outcome) -> Bool { correction.dropsDoubleZero && outcome.isDoubleZero }

    /// Whether models of counts pool it.
    func counts(_ outcome: Outcome) -> Bool { !drops(outcome) && !outcome.isEmpty }

    func corrects(_ outcome: Outcome) -> Bool {
        guard isUsed else { return false }
        return switch correction.when {
        case .zero: outcome.hasZeroCell
        case .all: true
        case .anyZero: anyZero
        case .never: false
        }
    }

    func sparesEstimate(of outcome: Outcome) -> Bool { correction.target == .variance && corrects(outcome) }

    func applied(to outcome: Outcome) -> Outcome {
        corrects(outcome) ? outcome.corrected(by: correction) : outcome
    }
}

extension EffectSizes {
    static func check(_ settings: EffectSettings, for measure: MeasureDescription) throws {
        guard settings.correction.amount >= 0, settings.correction.amount.isFinite else {
            throw MetaAnalysisError(
                .invalidSetting, "the continuity correction is \(settings.correction.amount)",
                remedy: "take a number that is 0 or more")
        }
        if settings.usesOriginalCorrection {
            guard measure.originalCorrection != nil else {
                let known = MeasureDescription.all.filter { $0.originalCorrection != nil }.map(\.code)
                throw MetaAnalysisError(
                    .unsupportedCombination,
                    "the bias correction of \(measure.code) has not changed since it was published",
                    remedy: "leave out the original correction, or take one of \(known.joined(separator: ", "))")
            }
            guard settings.biasCorrected else {
                throw MetaAnalysisError(
                    .unsupportedCombination,
                    "\(measure.code) cannot be both corrected as first published and not corrected",
                    remedy: "take one of them")
            }
        }
        if let variance = settings.variance, !measure.variances.contains(variance) {
            let known = measure.variances.map(\.rawValue).joined(separator: ", ")
            throw MetaAnalysisError(
                .unsupportedCombination, "\(measure.code) has no variance \(variance.rawValue)",
                remedy: "take one of \(known)")
        }
    }

    /// On what was asked for in so many words and the measure has not.
    ///
    /// - Parameter sparesEstimates: whether the measure is defined at zero cells.
    private mutating func noteIdleSettings(_ measure: MeasureDescription, sparesEstimates: Bool) {
        guard let settings else { return }
        var notes: [String] = []
        let (asked, usual) = (settings.correction, ContinuityCorrection.zeroCells)
        let isAsked = (asked.amount, asked.when, asked.kind) != (usual.amount, usual.when, usual.kind)
        if !measure.usesContinuityCorrection, isAsked, asked.amount > 0, asked.when != .never {
            notes.append("\(measure.code) needs no continuity correction, and none was applied")
        }
        if asked.target == .variance, measure.usesContinuityCorrection, !sparesEstimates {
            notes.append(
                "\(measure.code) is not defined at zero cells, and the continuity correction is for its estimate as well"
            )
        }
        if asked.dropsDoubleZero, !measure.kind.canBeDoubleZero {
            notes.append("\(measure.code) is not of counts of events, and no study is left out for having none")
        }
        if !settings.biasCorrected, !measure.hasBiasCorrection {
            notes.append("\(measure.code) has no bias correction that could be left out")
        }
        diagnostics += notes.map { Diagnostic(.note, .unusualCombination, $0) }
    }

    /// On which scale effects were reported.
    private mutating func noteReported(_ measure: MeasureDescription) {
        guard case .reported(let studies) = source else { return }
        if measure.scale != .identity || studies.contains(where: { $0.outcome.form != .analysis }) {
            diagnostics += studies.routes(to: measure.scale)
        }
        if let doubt = studies.doubtOfScale(measure) { diagnostics.append(doubt) }
    }

    private mutating func noteExcluded() {
        for study in excluded {
            diagnostics.append(
                Diagnostic(.warning, .studyExcluded, "left out: \(study.reason)", studies: [study.label]))
        }
    }

    mutating func noteDuplicateLabels() {
        var seen: [String: Int] = [:]
        for effect in effects { seen[effect.identity ?? effect.label, default: 0] += 1 }
        var repeated: [String] = []
        for effect in effects {
            let study = effect.identity ?? effect.label
            guard !study.isEmpty, seen[study, default: 0] > 1 else { continue }
            repeated.append(effect.label)
            seen[study] = 0
        }
        guard !repeated.isEmpty else { return }
        diagnostics.append(
            Diagnostic(
                .warning, .duplicateLabels,
                "several effects have the label of one study: effects of one study depend on each other, and pooled together its"
                    + " participants count more than once; take one effect of each study, analyze time points and outcomes apart, combine"
                    + " the effects, or allow for the dependence by cluster-robust standard errors or a multilevel model",
                studies: repeated))
    }
}
