/// The columns on which responses are regressed.
enum Design: Hashable, Sendable {
    /// One coefficient, the mean: every sum is a scalar.
    case intercept
    /// One coefficient for each group, the mean of its responses: every sum is one number a group.
    ///
    /// `membership` holds the group of each response, in 0 ..< `count`.
    case groups(membership: [Int], count: Int)
    /// One row per response, one column per coefficient.
    case columns(Matrix)
    /// One coefficient for each level, of which only differences can be found: the coefficients add up to 0.
    case contrasts(ContrastRows)

    /// Number of coefficients that can be found.
    var columnCount: Int {
        switch self {
        case .intercept: 1
        case .groups(_, let count): count
        case .columns(let matrix): matrix.columns
        case .contrasts(let rows): rows.levelCount - 1
        }
    }
}
