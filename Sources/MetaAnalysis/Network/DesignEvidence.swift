/// The pooled effects of the studies of one design, without the rest of the network.
///
/// This is the first of two stages in which a network can be fitted. Pooling the pooled designs gives the network estimates, and splits
/// Cochran's Q into a part within and a part between designs. Shapes: a arms of the design, effects on the analysis scale.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
struct DesignEvidence: Sendable {
    /// Positions of the treatments in the network, ascending.
    let arms: [Int]
    /// Positions of the design's studies.
    let studies: [Int]
    /// Sum of the studies' weighted Laplacians, a × a.
    let laplacian: Matrix
    /// Pooled effects of the arms, which sum to 0.
    let effects: [Double]
    /// Sum Σ (θ_s − θ)ᵀ L_s (θ_s − θ) over the studies: Cochran's Q within the design.
    let q: Double
    /// Rate at which τ² raises the expectation of `q`.
    let trace: Double

    /// Degrees of freedom of `q`: (studies − 1)(a − 1).
    var degreesOfFreedom: Int { (studies.count - 1) * (arms.count - 1) }

    /// Pools the studies of a design.
    ///
    /// - Parameter tauSquared: between-study variance in the weights. O(a³) for each study.
    init(
        _ design: NetworkDesign, of network: TreatmentNetwork, _ contrasts: OrthogonalContrasts,
        at tauSquared: Double
    ) {
        let arms = network.studies[design.studies[0]].arms
        let pooled: Pooled
        if arms.count == 2 {
            pooled = Pooled(
                pairs: design.studies.map { contrasts.range(ofStudy: $0).lowerBound }, contrasts, tauSquared)
        } else if design.studies.count == 1 {
            pooled = Pooled(
                laplacian: contrasts.laplacian(ofStudy: design.studies[0], at: tauSquared),
                effects: contrasts.effects(ofStudy: design.studies[0]), q: 0, trace: 0)
        } else {
            pooled = Pooled(design.studies, contrasts, tauSquared)
        }
        self.arms = arms
        studies = design.studies
        laplacian = pooled.laplacian
        effects = pooled.effects
        q = pooled.q
        trace = pooled.trace
    }

    /// Pools several designs into one, over all their treatments.
    ///
    /// - Parameter designs: designs with a treatment in common, so that their arms are connected.
    init(pooling designs: [DesignEvidence]) {
        let arms = Set(designs.flatMap(\.arms)).sorted()
        var sum = Matrix(rows: arms.count, columns: arms.count)
        var products = Array(repeating: 0.0, count: arms.count)
        for design in designs {
            let places = design.arms.map { arm in arms.firstIndex(of: arm) ?? 0 }
            for (row, product) in (design.laplacian * design.effects).enumerated() {
                products[places[row]] += product
                for column in places.indices { sum[places[row], places[column]] += design.laplacian[row, column] }
            }
        }
        self.arms = arms
        studies = designs.flatMap(\.studies)
        laplacian = sum
        effects = Self.covariance(of: sum) * products
        q = designs.reduce(0) { $0 + $1.q }
        trace = designs.reduce(0) { $0 + $1.trace }
    }

    /// Covariance of `effects`, a × a.
    var covariance: Matrix { Self.covariance(of: laplacian) }

    fileprivate static func covariance(of laplacian: Matrix) -> Matrix {
        do {
            return try LaplacianInverse(laplacian).matrix
        } catch {
            // Every study compares all arms of its design, each pair with a positive weight. Only weights out of the range of numbers lead
            // here, and then there is no solution.
            let (rows, columns) = (laplacian.rows, laplacian.columns)
            return Matrix(rows: rows, columns: columns, elements: Array(repeating: .nan, count: rows * columns))
        }
    }

    /// Returns (θ_d − θ)ᵀ L_d (θ_d − θ): the distance of the design from the network.
    func distance(from networkEffects: [Double]) -> Double {
        // Relative to its first arm, so that the shift between the two origins cancels.
        let shift = effects[0] - networkEffects[arms[0]]
        var sum = 0.0
        for row in 1..<arms.count {
            let left = effects[row] - networkEffects[arms[row]] - shift
            var inner = 0.0
            for column in 1..<arms.count {
                inner += laplacian[row, column] * (effects[column] - networkEffects[arms[column]] - shift)
            }
            sum += left * inner
        }
        return max(0, sum)
    }

    /// Returns θ_d − θ, centered.
    func deviation(from networkEffects: [Double]) -> [Double] {
        let difference = arms.indices.map { effects[$0] - networkEffects[arms[$0]] }
        let mean = difference.reduce(0, +) / Double(difference.count)
        return difference.map { $0 - mean }
    }

    /// The result of pooling the studies.
    fileprivate struct Pooled {
        var laplacian: Matrix
        var effects: [Double]
        var q: Double
        var trace: Double
    }
}

extension DesignEvidence.Pooled {
    /// Pools studies of two arms by scalar sums.
    ///
    /// - Parameter responses: positions of the studies among the responses of `contrasts`.
    fileprivate init(pairs responses: [Int], _ contrasts: OrthogonalContrasts, _ tauSquared: Double) {
        let anchor = contrasts.responses[responses[0]]
        var total = 0.0
        var squares = 0.0
        var product = 0.0
        for response in responses {
            let weight = 1 / (contrasts.variances[response] + tauSquared)
            total += weight
            squares += weight * weight
            product += weight * (contrasts.responses[response] - anchor)
        }
        let mean = anchor + product / total
        var q = 0.0
        for response in responses {
            let residual = contrasts.responses[response] - mean
            q += residual * residual / (contrasts.variances[response] + tauSquared)
        }
        self.init(
            laplacian: Matrix(rows: 2, columns: 2, elements: [total, -total, -total, total]),
            effects: [0.5 * mean, -0.5 * mean], q: responses.count > 1 ? q : 0,
            trace: responses.count > 1 ? total - squares / total : 0)
    }

    /// Pools two or more studies of three or more arms.
    fileprivate init(_ studies: [Int], _ contrasts: OrthogonalContrasts, _ tauSquared: Double) {
        let laplacians = studies.map { contrasts.laplacian(ofStudy: $0, at: tauSquared) }
        let count = laplacians[0].rows
        var sum = Matrix(rows: count, columns: count)
        var products = Array(repeating: 0.0, count: count)
        for (study, laplacian) in zip(studies, laplacians) {
            for index in sum.elements.indices { sum.elements[index] += laplacian.elements[index] }
            for (index, product) in (laplacian * contrasts.effects(ofStudy: study)).enumerated() {
                products[index] += product
            }
        }
        let covariance = DesignEvidence.covariance(of: sum)
        let effects = covariance * products
        var q = 0.0
        var trace = 0.0
        for (study, laplacian) in zip(studies, laplacians) {
            q += laplacian.quadraticForm(zip(contrasts.effects(ofStudy: study), effects).map { $0 - $1 })
            for index in 0..<count { trace += 0.5 * laplacian[index, index] }
            trace -= 0.5 * covariance.traceOfProduct(with: laplacian * laplacian)
        }
        self.init(laplacian: sum, effects: effects, q: max(0, q), trace: trace)
    }
}

extension Matrix {
    /// Returns zᵀAz.
    func quadraticForm(_ vector: [Double]) -> Double {
        precondition(rows == columns && columns == vector.count, "shapes do not fit")
        var sum = 0.0
        for row in 0..<rows {
            var inner = 0.0
            for column in 0..<columns { inner += self[row, column] * vector[column] }
            sum += vector[row] * inner
        }
        return sum
    }
}
