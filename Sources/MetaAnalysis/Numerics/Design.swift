/// The columns on which responses are regressed.
enum Design: Hashable, Sendable {
    /// One coefficient, the mean: every sum is a scalar.
    case intercept
    /// One row per response, one column per coefficient.
    case columns(Matrix)

    var columnCount: Int {
        switch self {
        case .intercept: 1
        case .columns(let matrix): matrix.columns
        }
    }
}
