/// The effects of a set of studies under one measure, which every model takes as its data.
///
/// ```swift
/// let effects = try EffectSizes(trials, measure: .riskRatio)
/// ```
///
/// Shapes: k effects in the order of the studies, each with its sampling variance, on `scale`.
/// R: `metafor::escalc(measure, …)`.
public struct EffectSizes: Hashable, Sendable, Codable {
    /// Code of the measure ("RR"; "GEN" for effects taken as reported).
    public var measure: String
    /// Analysis scale, on which the estimates and variances are.
    public var scale: EffectScale
    /// Studies that gave an effect, in the order of the input.
    public var effects: [EffectSize]
    /// Studies without an effect, with the reason for each.
    public var excluded: [ExcludedStudy]
    /// Notes and warnings about decisions that the data made necessary, such as corrections and studies left out.
    public var diagnostics: [Diagnostic]
    /// Settings with which the effects were computed; `nil` for effects that were not computed from studies.
    public var settings: EffectSettings?
    /// Studies from which the effects were computed: the data of models of counts. It includes studies without an effect, except those
    /// dropped on request (`ContinuityCorrection.dropsDoubleZero`) and those without participants or person-time in a group. `nil` for
    /// effects that were not computed from studies.
    public var source: StudyCollection?

    /// Makes a set of known effects; their estimates and variances are not checked.
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

    /// Computes the effect of every study. Studies that give none are left out and listed in `excluded`.
    ///
    /// - Parameters:
    ///   - studies: studies of one kind of data. Labels may repeat; `diagnostics` then has a warning.
    ///   - measure: an effect that can be computed from this kind of data.
    ///   - settings: continuity correction, variance variant, bias correction.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for data that no study can have, `.invalidSetting` for a negative or infinite
    ///   continuity correction, `.unsupportedCombination` for a setting that the measure does not define. O(k).
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

    /// Harmonic mean of the sample sizes, with which a pooled Freeman–Tukey value is back-transformed; `nil` if a size is unknown or there
    /// are no effects.
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
    /// Number of effects k.
    public var count: Int { effects.count }

    /// Number of different studies; smaller than `count` if a study has several effects.
    public var studyCount: Int { DistinctNames.count(effects.lazy.map { $0.identity ?? $0.label }) }

    /// Returns the effects at these positions. Diagnostics and excluded studies are not carried over.
    ///
    /// - Parameters:
    ///   - indices: positions in `effects`, in the order wanted.
    ///   - silent: positions in `source` of studies without an effect that also belong to the subset.
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
    /// Whether the effect and its variance are finite. If not, they would make an average over all studies infinite or NaN.
    fileprivate func staysInRange(_ measure: Measure, _ settings: EffectSettings) -> Bool {
        var own = settings
        own.variance = nil
        let effect = try? effect(measure, settings: own, averages: [])
        return effect.map { $0.estimate.isFinite && $0.variance.isFinite } ?? true
    }
}

/// Decides which studies of a set are corrected and which are dropped beforehand.
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

    /// Whether models of counts include the study.
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

    /// Notes settings that were given explicitly but that the measure does not use.
    ///
    /// - Parameters:
    ///   - measure: the measure of the effects.
    ///   - sparesEstimates: whether the measure is defined at zero cells.
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

    /// Notes the scale on which effects were reported, and warns if it seems to be another one.
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
