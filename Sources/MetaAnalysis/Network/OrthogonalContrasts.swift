/// The studies of a network as independent responses: a − 1 orthogonal contrasts of the a arms of each, with their sampling variances plus
/// τ².
///
/// A network with multi-arm studies then is an ordinary regression with unequal variances, and every estimator of τ² applies to it. Shapes:
/// k studies, K = Σ (a − 1) responses, n treatments.
struct OrthogonalContrasts: Sendable {
    let responses: [Double]
    let variances: [Double]
    /// Rows of the K responses over the n treatments.
    let rows: ContrastRows
    /// Study of each response.
    let studies: [Int]
    /// Contribution of rounding within multi-arm studies to Cochran's Q.
    let inconsistencyQ: Double
    /// First response of each study.
    private let starts: [Int]

    /// - Throws: `MetaAnalysisError` (`.inconsistentMultiArmStudy`) for variances that no set of arms can have.
    init(_ network: TreatmentNetwork) throws {
        var responses: [Double] = []
        var variances: [Double] = []
        var rows = ContrastRows(levelCount: network.treatments.count)
        var studies: [Int] = []
        var starts: [Int] = []
        var rest = 0.0
        for (index, study) in network.studies.enumerated() {
            starts.append(responses.count)
            let geometry = try StudyGeometry(study)
            for (row, variance) in zip(geometry.rows, geometry.variances) {
                var response = 0.0
                for (value, effect) in zip(row, geometry.effects) { response += value * effect }
                responses.append(response)
                variances.append(variance)
                rows.append(levels: study.arms, values: row)
                studies.append(index)
            }
            rest += geometry.inconsistencyQ
        }
        self.responses = responses
        self.variances = variances
        self.rows = rows
        self.studies = studies
        self.starts = starts
        inconsistencyQ = rest
    }

    /// Creates the model of the network, with one effect for each treatment.
    ///
    /// - Throws: `MetaAnalysisError` (`.singularDesign`) when treatments are disconnected numerically.
    func model() throws -> VarianceComponentModel { try model(.contrasts(rows)) }

    /// Creates the model in which the effects of the n treatments are `columns` (n × p) times p coefficients.
    ///
    /// - Throws: `MetaAnalysisError` (`.singularDesign`) when the columns are linearly dependent.
    func model(on columns: Matrix) throws -> VarianceComponentModel { try model(.columns(rows.times(columns))) }

    /// Creates the model of a design.
    ///
    /// - Parameter design: design with K rows.
    /// - Throws: `MetaAnalysisError` (`.singularDesign`) when columns are linearly dependent, exactly or to within rounding at weights of
    ///   so different sizes.
    func model(_ design: Design) throws -> VarianceComponentModel {
        do {
            return try VarianceComponentModel(
                responses: responses, variances: variances, design: design, areContrasts: true)
        } catch { throw Self.singular }
    }

    /// Returns the Laplacian of the arms of one study (a × a) at weights 1 / (v + τ²); its off-diagonal entries are minus the weights of
    /// its pairs.
    func laplacian(ofStudy study: Int, at tauSquared: Double) -> Matrix {
        let range = range(ofStudy: study)
        let a = range.count + 1
        var laplacian = Matrix(rows: a, columns: a)
        for row in range {
            let weight = 1 / (variances[row] + tauSquared)
            let start = rows.range(of: row).lowerBound
            for first in 0..<a {
                let weighted = weight * rows.values[start + first]
                for second in 0..<a { laplacian[first, second] += weighted * rows.values[start + second] }
            }
        }
        return laplacian
    }

    /// Returns the effects of the arms of one study, which sum to 0: θ = ½ Σ x y over its responses y, for rows x of length √2.
    func effects(ofStudy study: Int) -> [Double] {
        let range = range(ofStudy: study)
        var effects = Array(repeating: 0.0, count: range.count + 1)
        for row in range {
            let start = rows.range(of: row).lowerBound
            for arm in effects.indices { effects[arm] += 0.5 * responses[row] * rows.values[start + arm] }
        }
        return effects
    }

    /// Returns the positions of the responses of one study.
    func range(ofStudy study: Int) -> Range<Int> {
        starts[study]..<(study + 1 < starts.count ? starts[study + 1] : responses.count)
    }

    private static let singular = MetaAnalysisError(
        .singularDesign, "the contrasts do not determine every effect of the model",
        remedy:
            "leave out what the studies cannot tell apart, or check variances that differ by many orders of magnitude")
}
