/// What is added to the cells of a table when a zero would make a ratio or its variance infinite.
///
/// Which measures need a correction at all is the measure's own matter; see `EffectMeasure.usesContinuityCorrection`. Corrected counts are
/// used for the effect and for its variance, or, where the effect is defined at zero, for the variance alone; see `Target`. As the amount
/// is added to events and non-events alike, the denominator of a risk grows by twice the amount: a corrected table is a table, in which
/// the odds ratio, the risk ratio and the risk difference agree.
///
/// Source: Sweeting, Sutton & Lambert (2004), Statistics in Medicine 23, doi:10.1002/sim.1761.
/// R: arguments `add`, `to` and `drop00` of `metafor::escalc`; `incr = "TACC"` of `meta::metabin` for `treatmentArm`.
public struct ContinuityCorrection: Hashable, Sendable, Codable {
    /// Which studies are corrected.
    public enum When: String, Hashable, Sendable, Codable, CaseIterable {
        /// Those with a zero cell.
        case zero
        /// All.
        case all
        /// All, as soon as one of them has a zero cell.
        case anyZero = "any-zero"
        /// None.
        case never
    }

    /// How the amount is shared between the arms.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The same for every cell.
        case constant
        /// Each arm's cells by twice the amount times the arm's own share of the participants (of the person-time, for
        /// rates): in proportion to the reciprocal of the size of the opposite arm, the two arms' corrections adding up to
        /// twice the amount. Equals `constant` for arms of equal size, and leaves a study without events in either arm at
        /// "no difference", which `constant` does not. Data of one group take the amount itself.
        case treatmentArm = "treatment-arm"
    }

    /// What corrected counts are used for, of measures that zero cells leave defined: risks, rates and their differences. Elsewhere, as for
    /// ratios, there is no estimate without them.
    public enum Target: String, Hashable, Sendable, Codable, CaseIterable {
        /// As in metafor.
        case estimateAndVariance = "estimate-and-variance"
        /// As in meta and netmeta: a correction moves no estimate that needs none.
        case variance
    }

    /// What is added to a cell; at least 0.
    public var amount: Double
    public var when: When
    public var kind: Kind
    /// Whether studies without events, or without non-events, in both arms give no effect.
    public var dropsDoubleZero: Bool

    /// `nil` is `.estimateAndVariance` for studies of one effect and `.variance` for networks, as in the programs that most use for each.
    public var target: Target?

    public init(
        amount: Double = 0.5, when: When = .zero, kind: Kind = .constant, dropsDoubleZero: Bool = false,
        target: Target? = nil
    ) {
        self.target = target
        self.amount = amount
        self.when = when
        self.kind = kind
        self.dropsDoubleZero = dropsDoubleZero
    }

    /// One half in every cell of a study with a zero cell.
    public static let zeroCells = ContinuityCorrection()
    /// One half in every cell of every study.
    public static let all = ContinuityCorrection(when: .all)
    /// One half in every cell of every study as soon as one has a zero cell.
    public static let anyZero = ContinuityCorrection(when: .anyZero)
    /// Nothing.
    public static let never = ContinuityCorrection(amount: 0, when: .never)
    /// Shared in proportion to the sizes of the arms, in studies with a zero cell.
    public static let treatmentArm = ContinuityCorrection(kind: .treatmentArm)

    /// What is added to each cell of the two arms, given their sizes.
    public func amounts(treatedSize: Double, controlSize: Double) -> (treated: Double, control: Double) {
        switch kind {
        case .constant: return (amount, amount)
        case .treatmentArm:
            let share = treatedSize / (treatedSize + controlSize)
            return (2 * amount * share, 2 * amount * (1 - share))
        }
    }

    static let forVariancesAlone = " for their variances; the estimates are those of the counts as they are"

    /// What was added to how many studies; `nil` where it was to none.
    ///
    /// - Parameters:
    ///   - labels: of the studies that were corrected.
    ///   - count: of all studies.
    ///   - purpose: what the corrected counts are used for, where it is not everything.
    func note(_ labels: [String], of count: Int, purpose: String = "") -> Diagnostic? {
        guard !labels.isEmpty else { return nil }
        let shared = kind == .treatmentArm ? ", shared between the arms by their sizes" : ""
        return Diagnostic(
            .note, .continuityCorrection,
            "\(amount.plain) added to the cells of \(labels.count) of \(count) studies" + shared + purpose,
            studies: labels)
    }
}
