/// Constant added to the cells of a table when a zero cell makes a ratio or its variance infinite.
///
/// `EffectMeasure.usesContinuityCorrection` determines whether a measure is corrected at all. The corrected counts give both the effect and
/// its variance, or, for an effect that is defined at zero, the variance alone; see `Target`. The amount is added to events and non-events
/// alike, so the denominator of a risk grows by twice the amount. A corrected table is therefore still a table, and its odds ratio, risk
/// ratio and risk difference agree.
///
/// Source: Sweeting, Sutton & Lambert (2004), Statistics in Medicine 23, doi:10.1002/sim.1761.
/// R: arguments `add`, `to` and `drop00` of `metafor::escalc`; `incr = "TACC"` of `meta::metabin` for `treatmentArm`.
public struct ContinuityCorrection: Hashable, Sendable, Codable {
    /// The studies to which the correction is applied.
    public enum When: String, Hashable, Sendable, Codable, CaseIterable {
        /// Studies with a zero cell. R: `to = "only0"`.
        case zero
        /// All studies. R: `to = "all"`.
        case all
        /// All studies if at least one of them has a zero cell. R: `to = "if0all"`.
        case anyZero = "any-zero"
        /// No study. R: `to = "none"`.
        case never
    }

    /// The division of the amount between the arms.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The same amount for every cell.
        case constant
        /// An amount for each arm: twice the amount times the arm's share of the participants (of the person-time, for rates). It is
        /// proportional to the reciprocal of the size of the opposite arm, and the corrections of the two arms add up to twice the amount.
        /// It equals `constant` for arms of equal size. Unlike `constant`, it leaves a study without events in either arm at "no
        /// difference". Data of one group are corrected by the amount itself.
        case treatmentArm = "treatment-arm"
    }

    /// The use of the corrected counts for measures that are defined at zero cells: risks, rates and their differences. Other measures,
    /// such as ratios, have no estimate without the correction.
    public enum Target: String, Hashable, Sendable, Codable, CaseIterable {
        /// Both the estimate and its variance, as in metafor.
        case estimateAndVariance = "estimate-and-variance"
        /// The variance alone, as in meta and netmeta: an estimate that needs no correction is not changed.
        case variance
    }

    /// Amount added to each cell, at least 0. Default 0.5.
    public var amount: Double
    /// Studies to which the correction is applied. Default `.zero`.
    public var when: When
    /// Division of the amount between the arms. Default `.constant`.
    public var kind: Kind
    /// Whether studies with no events, or with events only, in both arms are left out. Default false. R: `drop00`.
    public var dropsDoubleZero: Bool

    /// Use of the corrected counts. `nil`, the default, means `.estimateAndVariance` for studies of one effect and `.variance` for
    /// networks, as in the R packages that are most used for each.
    public var target: Target?

    /// Makes a correction; the default adds 0.5 to every cell of a study with a zero cell.
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

    /// 0.5 in every cell of a study with a zero cell.
    public static let zeroCells = ContinuityCorrection()
    /// 0.5 in every cell of every study.
    public static let all = ContinuityCorrection(when: .all)
    /// 0.5 in every cell of every study if at least one study has a zero cell.
    public static let anyZero = ContinuityCorrection(when: .anyZero)
    /// No correction.
    public static let never = ContinuityCorrection(amount: 0, when: .never)
    /// 0.5 on average, divided in proportion to the sizes of the arms, in studies with a zero cell.
    public static let treatmentArm = ContinuityCorrection(kind: .treatmentArm)

    /// Returns the amount added to each cell of the two arms, given their sizes in participants or person-time.
    public func amounts(treatedSize: Double, controlSize: Double) -> (treated: Double, control: Double) {
        switch kind {
        case .constant: return (amount, amount)
        case .treatmentArm:
            let share = treatedSize / (treatedSize + controlSize)
            return (2 * amount * share, 2 * amount * (1 - share))
        }
    }

    static let forVariancesAlone = " for their variances; the estimates are those of the counts as they are"

    /// Returns a note on how many studies were corrected and by how much; `nil` if none was.
    ///
    /// - Parameters:
    ///   - labels: labels of the corrected studies.
    ///   - count: number of all studies.
    ///   - purpose: use of the corrected counts, if they are not used for everything.
    func note(_ labels: [String], of count: Int, purpose: String = "") -> Diagnostic? {
        guard !labels.isEmpty else { return nil }
        let shared = kind == .treatmentArm ? ", shared between the arms by their sizes" : ""
        return Diagnostic(
            .note, .continuityCorrection,
            "\(amount.plain) added to the cells of \(labels.count) of \(count) studies" + shared + purpose,
            studies: labels)
    }
}
