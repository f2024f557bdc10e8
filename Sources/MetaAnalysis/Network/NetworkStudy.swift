internal import RealModule

/// One study of a network: its arms and all contrasts between them.
public struct NetworkStudy: Hashable, Sendable, Codable {
    /// Two arms compared; positions are those in `TreatmentNetwork.treatments`, `first` < `second`.
    public struct Pair: Hashable, Sendable, Codable {
        /// Position of the first treatment.
        public var first: Int
        /// Position of the second treatment, whose effect is subtracted.
        public var second: Int
        /// Effect of `first` minus that of `second`, on the analysis scale.
        public var estimate: Double
        /// Sampling variance of the difference, greater than 0, on the squared analysis scale.
        public var variance: Double
    }

    /// Label of the study.
    public var label: String
    /// Line of the file on which the study begins; `nil` where there is no file.
    public var row: Int?
    /// Positions of its a treatments, ascending.
    public var arms: [Int]
    /// All a(a − 1)/2 pairs of arms, in the order (0, 1), (0, 2), …, (1, 2), … of `arms`.
    public var pairs: [Pair]
    /// Participants (or person-time) of every arm; `nil` where the data do not have them.
    public var sizes: [Double]?
    /// Subgroup of the study; `nil` for none.
    public var group: String?
}

/// The information of the contrasts of one study about its arms.
///
/// With V the variances of the contrasts (a × a, 0 on the diagonal) the arms have the covariance C = −½ J V J up to a
/// constant, J = I − 11ᵀ/a. Its a − 1 positive eigenvalues λ with vectors u give independent contrasts √2 uᵀθ of variance 2λ,
/// to which a between-study variance τ² of every pairwise difference adds τ². For two arms this is the difference itself.
///
/// Source: Gutman & Xiao (2004), Bulletin of the ICA 42, 15–23, and Rücker & Schwarzer (2014), Statistics in Medicine 33,
/// doi:10.1002/sim.6236, for the same relation between V and the Laplacian.
struct StudyGeometry: Sendable {
    /// Effects of the arms that sum to 0, nearest to the contrasts under their weights.
    let effects: [Double]
    /// Weighted sum of squares of the differences between the contrasts and those effects: 0 apart from rounding.
    let inconsistencyQ: Double
    /// Sampling variances 2λ of the a − 1 independent contrasts.
    let variances: [Double]
    /// Rows √2 u, one for each of `variances`.
    let rows: [[Double]]

    /// Least ratio to the greatest eigenvalue at which an eigenvalue counts as different from 0.
    private static let leastShare = 1e-12

    /// - Throws: `MetaAnalysisError` (`.inconsistentMultiArmStudy`) for variances that no set of arms can have.
    init(_ study: NetworkStudy) throws {
        let a = study.arms.count
        guard a > 2 else {
            let pair = study.pairs[0]
            effects = [0.5 * pair.estimate, -0.5 * pair.estimate]
            inconsistencyQ = 0
            variances = [pair.variance]
            rows = [[1, -1]]
            return
        }
        let spread = Self.covariance(of: study)
        guard let eigen = SymmetricEigen(spread) else {
            var error = MetaAnalysisError.outOfRange
            error.location = MetaAnalysisError.Location(row: study.row, study: study.label)
            throw error
        }
        let values = Array(eigen.values.dropFirst())
        guard values[0] > Self.leastShare * values[a - 2], eigen.values[0] > -1e-8 * values[a - 2] else {
            throw MetaAnalysisError(
                .inconsistentMultiArmStudy,
                "no \(a) arms can have the standard errors given: the variance of one difference is too large, or another"
                    + " too small, for the rest",
                remedy: "check the standard errors of this study, or give its arms",
                location: MetaAnalysisError.Location(row: study.row, study: study.label))
        }
        variances = values.map { 2 * $0 }
        rows = (1..<a).map { index in (0..<a).map { 2.0.squareRoot() * eigen.vectors[$0, index] } }
        let weights = Self.laplacian(rows, variances.map { 1 / $0 })
        let covariance = Self.laplacian(rows, variances.map { 0.25 * $0 })
        var products = Array(repeating: 0.0, count: a)
        var next = 0
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                let weighted = -weights[first, second] * study.pairs[next].estimate
                products[first] += weighted
                products[second] -= weighted
                next += 1
            }
        }
        let effects = covariance * products
        var rest = 0.0
        next = 0
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                let residual = study.pairs[next].estimate - (effects[first] - effects[second])
                rest -= weights[first, second] * residual * residual
                next += 1
            }
        }
        self.effects = effects
        // Weights of single pairs may be negative, so that rounding error may make the sum negative.
        inconsistencyQ = max(0, rest)
    }

    /// Computes −½ J V J.
    private static func covariance(of study: NetworkStudy) -> Matrix {
        let a = study.arms.count
        var variances = Matrix(rows: a, columns: a)
        var next = 0
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                variances[first, second] = study.pairs[next].variance
                variances[second, first] = study.pairs[next].variance
                next += 1
            }
        }
        let means = (0..<a).map { row in (0..<a).reduce(0) { $0 + variances[row, $1] } / Double(a) }
        let mean = means.reduce(0, +) / Double(a)
        var covariance = variances
        for row in 0..<a {
            for column in 0..<a {
                covariance[row, column] = -0.5 * (variances[row, column] - means[row] - means[column] + mean)
            }
        }
        return covariance
    }

    /// Sums weight · x xᵀ over the rows x. At weights 1 / (2λ + τ²) this is the Laplacian of the study; its off-diagonal entries are minus
    /// the weights of its pairs.
    static func laplacian(_ rows: [[Double]], _ weights: [Double]) -> Matrix {
        let a = rows[0].count
        var laplacian = Matrix(rows: a, columns: a)
        for (row, weight) in zip(rows, weights) {
            for first in 0..<a {
                for second in 0..<a { laplacian[first, second] += weight * row[first] * row[second] }
            }
        }
        return laplacian
    }
}
