/// Regression of the contrasts of a network on columns of which some may depend on others.
///
/// y ~ N(Xβ, diag(v) + τ²I) for the K independent contrasts of a network. Where X (K × p) has not full rank, β is the solution
/// of least norm, and `space` tells which cᵀβ can be found at all. What component models and network meta-regression share.
struct ContrastRegression {
    let space: EstimableSpace
    let solution: Solution
    /// p of them in scaled units; of least norm where they cannot all be found.
    let scaledCoefficients: [Double]
    /// p × p in scaled units, as the intervals use it.
    let scaledCovariance: Matrix
    let heterogeneity: Heterogeneity
    let diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - contrasts: of effects that were divided by `unit`.
    ///   - columns: X, K × p, of comparable size.
    ///   - space: the row space of X.
    /// - Throws: `MetaAnalysisError` with code `.singularDesign` when no coefficient can be found, or sampling variances lie
    ///   too far apart for the columns.
    init(
        _ contrasts: OrthogonalContrasts, unit: Double, on columns: Matrix, space: EstimableSpace,
        _ settings: EstimationSettings
    ) throws {
        guard space.rank > 0 else {
            throw MetaAnalysisError(
                .singularDesign, "no study compares treatments that the model tells apart",
                remedy: "check what treatments consist of against what the studies compare")
        }
        let model = try contrasts.model(.columns(space.isFull ? columns : columns * space.basis))
        solution = LinearEffectModel(model, unit: unit).solve(settings)
        self.space = space
        let (coefficients, covariance) = (solution.scaledCoefficients, solution.scaledCovariance)
        scaledCoefficients = space.isFull ? coefficients : space.basis * coefficients
        scaledCovariance = space.isFull ? covariance : space.basis.sandwich(covariance)
        heterogeneity = solution.heterogeneityFromQ(model.quadraticForms(at: 0).form + contrasts.inconsistencyQ)
        diagnostics = Self.diagnostics(solution)
    }

    private static func diagnostics(_ solution: Solution) -> [Diagnostic] {
        var notes = solution.tau?.diagnostics ?? []
        if solution.degreesOfFreedom == 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "there are as many coefficients as independent contrasts: nothing is left to estimate heterogeneity from"
                        + (solution.tau?.isDetermined == false ? ", and the between-study variance is taken as 0" : ""))
            )
        }
        return notes + solution.intervalDiagnostics
    }

    /// p of them, of least norm where they cannot all be found.
    var coefficients: [Double] { scaledCoefficients.map { $0 * solution.unit } }

    /// p × p, as the intervals use it.
    var covariance: [[Double]] {
        (0..<scaledCovariance.rows).map { row in
            scaledCovariance.row(row).map { $0 * solution.unit * solution.unit }
        }
    }

    /// Orthonormal vectors that span what can be found; `nil` where all coefficients can.
    var estimableBasis: [[Double]]? { space.isFull ? nil : (0..<space.rank).map(space.basis.column) }

    /// cᵀβ with its standard error; `nil` when it cannot be found.
    func combination(_ weights: [Double]) -> Estimate? {
        guard space.contains(weights) else { return nil }
        return solution.inference.estimate(weights, scaledCoefficients, scaledCovariance)
            .rescaled(by: solution.unit)
    }
}
