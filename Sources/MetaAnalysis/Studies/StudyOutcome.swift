/// What a study of one design observed, from which an effect can be computed.
///
/// A kind of data is one conforming type with its measures nested in it (`TwoByTwoTable.Measure`), so that the compiler
/// refuses an odds ratio of means.
public protocol StudyOutcome: Hashable, Sendable, Codable {
    /// The effects that can be computed from this kind of data.
    associatedtype Measure: EffectMeasure

    /// The effect taken when none is asked for.
    static var defaultMeasure: Measure { get }

    /// Whether a cell is zero where a ratio needs it positive; drives `ContinuityCorrection.When`.
    var hasZeroCell: Bool { get }

    /// Whether both groups are without events, or both without non-events; drives `ContinuityCorrection.dropsDoubleZero`.
    var isDoubleZero: Bool { get }

    /// Whether a group has no participants, or no person-time, so that there is nothing to compare.
    var isEmpty: Bool { get }

    /// Number of participants behind the effect (person-time for rates), where the data say it.
    var sampleSize: Double? { get }

    /// Checks that the observation is possible at all.
    ///
    /// - Throws: `MetaAnalysisError` with code `.invalidOutcome`, its location's `column` holding the name of the role
    ///   (`ai`, `sd1i`, …) at fault.
    func validate() throws

    /// Checks that the observation is possible for this measure; a hazard ratio must be positive, any effect need not.
    func validate(for measure: Measure) throws

    /// What is doubtful of an observation that is valid: a reader of files warns of it.
    func doubts(for measure: Measure) -> [OutcomeDoubt]

    /// The groups that are compared, so that rows which share one can be told; `nil` where there are none.
    var arms: ComparedArms? { get }

    /// The observation with the continuity correction added to its cells.
    ///
    /// A group without participants is left as it is: a correction must not invent them.
    func corrected(by correction: ContinuityCorrection) -> Self

    /// What a variance needs to know of all studies together (`VarianceVariant.averaged`): averages weighted by size, as
    /// many as the measure needs; empty when it needs none.
    ///
    /// - Parameter outcomes: every study that takes part, corrected.
    static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double]

    /// The effect on the analysis scale, of data that are valid and corrected.
    ///
    /// - Parameters:
    ///   - measure: which effect.
    ///   - settings: variance variant and bias correction.
    ///   - averages: what `averages(for:settings:over:)` gave.
    /// - Throws: `Exclusion` with the reason when the data are possible but give no effect.
    func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate

    /// The estimate of uncorrected data, of measures that are defined at zero cells, so that the continuity correction is needed for the
    /// variance alone: risks, rates and their differences. `nil` for others and for data that give none.
    func estimateAtZero(_ measure: Measure) -> Double?

    /// Studies of this kind as a collection whose kind is known at run time only.
    static func collection(_ studies: [Study<Self>]) -> StudyCollection
}

extension StudyOutcome {
    public var hasZeroCell: Bool { false }
    public var isDoubleZero: Bool { false }
    public var isEmpty: Bool { false }

    public func validate(for measure: Measure) throws { try validate() }

    public func doubts(for measure: Measure) -> [OutcomeDoubt] { [] }
    public var arms: ComparedArms? { nil }

    public func corrected(by correction: ContinuityCorrection) -> Self { self }

    public func estimateAtZero(_ measure: Measure) -> Double? { nil }

    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] { [] }
}

/// An effect and its sampling variance, on the analysis scale.
public struct EffectEstimate: Hashable, Sendable, Codable {
    public var estimate: Double
    /// Sampling variance, greater than 0.
    public var variance: Double

    public init(estimate: Double, variance: Double) {
        self.estimate = estimate
        self.variance = variance
    }

    /// Below it a `Double` loses digits, and with it the weight of the study: the square of a standard error of 1e-160 is off by
    /// 1 part in 100,000.
    static let leastVariance = Double.leastNormalMagnitude
}

extension Exclusion {
    /// - Parameter variance: not above `EffectEstimate.leastVariance`.
    static func tooPrecise(_ variance: Double) -> Exclusion {
        Exclusion(
            variance > 0
                ? "the sampling variance is below the range of exact numbers; give the effects in other units"
                : "the sampling variance is 0")
    }
}

/// Why possible data give no effect.
public struct Exclusion: Error, Hashable, Sendable {
    /// One clause that completes "left out: …" ("no events in either arm").
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}
