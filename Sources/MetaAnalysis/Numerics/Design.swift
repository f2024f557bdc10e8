/// The design matrix on which responses are regressed.
enum Design: Hashable, Sendable {
    /// A single coefficient, the mean: every sum is a scalar.
    case intercept
    /// A coefficient for each group, the mean of its responses: every sum is one number for each group.
    ///
    /// `membership` holds the group of each response, in 0 ..< `count`.
    case groups(membership: [Int], count: Int)
    /// A matrix with a row for each response and a column for each coefficient.
    case columns(Matrix)
    /// A coefficient for each level, of which only differences are estimable; the coefficients have sum 0.
    case contrasts(ContrastRows)

    /// Number of estimable coefficients.
    var columnCount: Int {
        switch self {
        case .intercept: 1
        case .groups(_, let count): count
        case .columns(let matrix): matrix.columns
        case .contrasts(let rows): rows.levelCount - 1
        }
    }
}
