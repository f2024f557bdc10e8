/// The roles in which a row reports an effect: what form the estimate has, and what stands for its precision.
struct ReportedLayout: Hashable, Sendable {
    /// Whether the estimate is a ratio itself.
    var isRatio: Bool
    var precision: Precision

    enum Precision: Hashable, Sendable, CaseIterable {
        case variance, standardError, interval

        var roles: [Role] {
            switch self {
            case .variance: [.vi]
            case .standardError: [.sei]
            case .interval: [.ciLow, .ciHigh]
            }
        }
    }

    var roles: [Role] { [isRatio ? .ratio : .yi] + precision.roles }

    static let all: [ReportedLayout] = [false, true].flatMap { isRatio in
        Precision.allCases.map { ReportedLayout(isRatio: isRatio, precision: $0) }
    }

    /// - Parameters:
    ///   - first: variance, standard error or lower bound.
    ///   - second: upper bound; not looked at without an interval.
    func effect(_ estimate: Double, _ first: Double, _ second: Double, level: Double) -> ReportedEffect {
        let precision: ReportedEffect.Precision =
            switch self.precision {
            case .variance: .variance(first)
            case .standardError: .standardError(first)
            case .interval: .interval(lower: first, upper: second, level: level)
            }
        return ReportedEffect(estimate: estimate, precision: precision, isRatio: isRatio)
    }
}
