/// The data that a study of one design observed, from which an effect can be computed.
///
/// Each kind of data is a conforming type with its measures nested in it (`TwoByTwoTable.Measure`), so that the compiler rejects an odds
/// ratio of means.
public protocol StudyOutcome: Hashable, Sendable, Codable {
    /// The effects that can be computed from this kind of data.
    associatedtype Measure: EffectMeasure

    /// Measure that is used if none is given.
    static var defaultMeasure: Measure { get }

    /// Whether a cell is zero that a ratio needs to be positive; see `ContinuityCorrection.When`.
    var hasZeroCell: Bool { get }

    /// Whether both groups have no events, or both have events only; see `ContinuityCorrection.dropsDoubleZero`.
    var isDoubleZero: Bool { get }

    /// Whether a group has no participants, or no person-time, so that there is nothing to compare.
    var isEmpty: Bool { get }

    /// Number of participants behind the effect (person-time for rates); `nil` if the data do not include it.
    var sampleSize: Double? { get }

    /// Checks that the data are possible at all.
    ///
    /// - Throws: `MetaAnalysisError` with code `.invalidOutcome`; the `column` of its location is the role at fault (`ai`, `sd1i`, …).
    func validate() throws

    /// Checks that the data are possible for this measure. By default the same as `validate()`.
    func validate(for measure: Measure) throws

    /// Returns doubts about valid data, about which a reader of files warns.
    func doubts(for measure: Measure) -> [OutcomeDoubt]

    /// The two groups that are compared, which show whether rows share a group; `nil` if the data have no two groups.
    var arms: ComparedArms? { get }

    /// Returns the data with the continuity correction added to their cells.
    ///
    /// A group without participants is not changed, because a correction must not invent participants.
    func corrected(by correction: ContinuityCorrection) -> Self

    /// Returns what a variance needs from all studies together (`VarianceVariant.averaged`): averages weighted by size, as many as the
    /// measure needs. Empty if it needs none.
    ///
    /// - Parameter outcomes: the corrected data of every study in the analysis.
    static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double]

    /// Computes the effect on the analysis scale from data that are valid and corrected.
    ///
    /// - Parameters:
    ///   - measure: the effect to compute.
    ///   - settings: variance variant and bias correction.
    ///   - averages: the result of `averages(for:settings:over:)`.
    /// - Throws: `Exclusion` with the reason if the data are possible but give no effect.
    func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate

    /// Returns the estimate of uncorrected data for a measure that is defined at zero cells: risks, rates and their differences. These need
    /// the continuity correction for the variance alone. `nil` for other measures and for data without an estimate.
    func estimateAtZero(_ measure: Measure) -> Double?

    /// Wraps studies of this kind in a collection whose kind is known only at run time.
    static func collection(_ studies: [Study<Self>]) -> StudyCollection
}

extension StudyOutcome {
    /// False, for kinds of data without a continuity correction.
    public var hasZeroCell: Bool { false }
    /// False, for kinds of data without two groups of events.
    public var isDoubleZero: Bool { false }
    /// False, for kinds of data that do not define it.
    public var isEmpty: Bool { false }

    /// Checks that the data are possible at all, by `validate()`.
    public func validate(for measure: Measure) throws { try validate() }

    /// No doubts.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] { [] }
    /// `nil`, for kinds of data whose groups are not compared between rows.
    public var arms: ComparedArms? { nil }

    /// The data as they are, for kinds of data without a continuity correction.
    public func corrected(by correction: ContinuityCorrection) -> Self { self }

    /// `nil`, for kinds of data without a continuity correction.
    public func estimateAtZero(_ measure: Measure) -> Double? { nil }

    /// No averages.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] { [] }
}

/// An effect and its sampling variance, on the analysis scale.
public struct EffectEstimate: Hashable, Sendable, Codable {
    /// Effect on the analysis scale.
    public var estimate: Double
    /// Sampling variance on the analysis scale, greater than 0.
    public var variance: Double

    /// Pairs an effect with its sampling variance.
    public init(estimate: Double, variance: Double) {
        self.estimate = estimate
        self.variance = variance
    }

    /// Smallest variance with full precision. Below it, a `Double` loses digits, and the weight of the study with them: the square of a
    /// standard error of 1e-160 is off by 1 part in 100,000.
    static let leastVariance = Double.leastNormalMagnitude
}

extension Exclusion {
    /// Makes the reason for leaving out a study whose effect has too small a variance.
    ///
    /// - Parameter variance: below `EffectEstimate.leastVariance`.
    static func tooPrecise(_ variance: Double) -> Exclusion {
        Exclusion(
            variance > 0
                ? "the sampling variance is below the range of exact numbers; give the effects in other units"
                : "the sampling variance is 0")
    }
}

/// The reason why possible data give no effect.
public struct Exclusion: Error, Hashable, Sendable {
    /// One clause that completes "left out: …" ("no events in either arm").
    public var reason: String

    /// Makes an exclusion with this reason.
    public init(_ reason: String) { self.reason = reason }
}
