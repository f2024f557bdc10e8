/// What the studies of one design say together: their effects pooled without the rest of the network.
///
/// The first of the two stages in which a network can be fitted: pooling the pooled designs gives the network's own
/// estimates, and splits Cochran's Q into a part within and a part between designs. Shapes: a arms of the design,
/// effects on the analysis scale.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
struct DesignEvidence: Sendable {
    /// Positions of the treatments in the network, ascending.
    let arms: [Int]
    /// Positions of the design's studies.
    let studies: [Int]
    /// Sum of the studies' weighted Laplacians, a × a.
    let laplacian: Matrix
    /// Its pseudo-inverse: the covariance of `effects`.
    let covariance: Matrix
    /// Pooled effects of the arms, adding up to 0.
    let effects: [Double]
    /// Σ (θ_s − θ)ᵀ L_s (θ_s − θ) over the studies: how much they differ among themselves.
    let q: Double
    /// Rate at which τ² raises the expectation of `q`.
    let trace: Double

    /// (studies − 1)(a − 1).
    var degreesOfFreedom: Int { (studies.count - 1) * (arms.count - 1) }

    /// - Parameter tauSquared: between-study variance in the weights. O(a³) for each study.
    init(_ design: NetworkDesign, of network: TreatmentNetwork, _ contrasts: OrthogonalContrasts, at tauSquared: Double)
    {
        arms = network.studies[design.studies[0]].arms
        studies = design.studies
        let count = arms.count
        var sum = Matrix(rows: count, columns: count)
        var products = Array(repeating: 0.0, count: count)
        var laplacians: [Matrix] = []
        var effectsOfStudies: [[Double]] = []
        for study in design.studies {
            let laplacian = contrasts.laplacian(ofStudy: study, at: tauSquared)
            let effects = contrasts.effects(ofStudy: study)
            for index in sum.elements.indices { sum.elements[index] += laplacian.elements[index] }
            for (index, product) in (laplacian * effects).enumerated() { products[index] += product }
            laplacians.append(laplacian)
            effectsOfStudies.append(effects)
        }
        laplacian = sum
        do {
            covariance = try LaplacianInverse(sum).matrix
        } catch {
            // Every study compares all arms of its design, each pair with a positive weight.
            preconditionFailure("a study holds together the arms it compares")
        }
        effects = covariance * products
        var q = 0.0
        var trace = 0.0
        for (laplacian, effectsOfStudy) in zip(laplacians, effectsOfStudies) {
            q += laplacian.quadraticForm(zip(effectsOfStudy, effects).map { $0 - $1 })
            for index in 0..<count { trace += 0.5 * laplacian[index, index] }
            trace -= 0.5 * covariance.traceOfProduct(with: laplacian * laplacian)
        }
        // A study alone is its own pooled effect; what rounding leaves is not a difference.
        self.q = design.studies.count > 1 ? max(0, q) : 0
        self.trace = design.studies.count > 1 ? trace : 0
    }

    /// Distance of the design's own effects from those of the network, centred.
    func deviation(from networkEffects: [Double]) -> [Double] {
        let difference = arms.indices.map { effects[$0] - networkEffects[arms[$0]] }
        let mean = difference.reduce(0, +) / Double(difference.count)
        return difference.map { $0 - mean }
    }
}

extension Matrix {
    /// zᵀAz.
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
