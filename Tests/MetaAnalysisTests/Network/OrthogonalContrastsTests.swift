import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct OrthogonalContrastsTests {
    /// A study of two arms, one of three with equal arms, and a second of two.
    private static func network() throws -> TreatmentNetwork {
        try TreatmentNetwork([
            Contrast(study: "1", "A", versus: "B", estimate: 1, variance: 0.5),
            Contrast(study: "2", "A", versus: "C", estimate: 2, variance: 2),
            Contrast(study: "2", "A", versus: "D", estimate: 4, variance: 2),
            Contrast(study: "2", "C", versus: "D", estimate: 2, variance: 2),
            Contrast(study: "3", "C", versus: "B", estimate: -1, variance: 0.25),
        ])
    }

    @Test func aStudyOfAArmsIsAMinusOneResponses() throws {
        let contrasts = try OrthogonalContrasts(Self.network())
        #expect(contrasts.responses.count == 4 && contrasts.variances.count == 4 && contrasts.rows.count == 4)
        #expect(contrasts.studies == [0, 1, 1, 2])
        #expect(contrasts.range(ofStudy: 0) == 0..<1)
        #expect(contrasts.range(ofStudy: 1) == 1..<3)
        #expect(contrasts.range(ofStudy: 2) == 3..<4)
        #expect(contrasts.responses[0] == 1 && contrasts.variances[0] == 0.5)
        // B stands before C.
        #expect(contrasts.responses[3] == 1 && contrasts.variances[3] == 0.25)
        for variance in contrasts.variances[1...2] { #expect(Tolerance.closedForm.accepts(variance, 2)) }
        // Σ y² of orthogonal contrasts is twice that of the centered effects 2, 0, −2.
        let squares = contrasts.responses[1...2].reduce(0) { $0 + $1 * $1 }
        #expect(Tolerance.closedForm.accepts(squares, 16))
        #expect(contrasts.rows.levelCount == 4 && contrasts.rows.levels == [0, 1, 0, 2, 3, 0, 2, 3, 1, 2])
        #expect(contrasts.inconsistencyQ < 1e-25)
    }

    @Test func theLaplacianOfAStudyGrowsLighterWithTheVarianceBetweenStudies() throws {
        let contrasts = try OrthogonalContrasts(Self.network())
        #expect(contrasts.laplacian(ofStudy: 0, at: 1.5).elements == [0.5, -0.5, -0.5, 0.5])
        #expect(contrasts.effects(ofStudy: 0) == [0.5, -0.5])
        for tauSquared in [0, 3.0] {
            let laplacian = contrasts.laplacian(ofStudy: 1, at: tauSquared)
            for row in 0..<3 {
                for column in 0..<3 {
                    let expected = (row == column ? 4.0 / 3 : -2.0 / 3) / (2 + tauSquared)
                    #expect(Tolerance.closedForm.accepts(laplacian[row, column], expected))
                }
            }
        }
        for (effect, expected) in zip(contrasts.effects(ofStudy: 1), [2, 0, -2.0]) {
            #expect(Tolerance.closedForm.accepts(effect, expected, scale: 1))
        }
    }

    @Test func theModelHasOneEffectForEachTreatment() throws {
        let contrasts = try OrthogonalContrasts(Self.network())
        let model = try contrasts.model()
        #expect(model.count == 4 && model.residualDegreesOfFreedom == 1)
        let fit = model.leastSquares(weights: model.weights(at: 0))
        #expect(fit.coefficients.count == 4 && abs(fit.coefficients.reduce(0, +)) < 1e-14)
        // A − B, B − C and A − C agree but for one unit that three variances share: 2 − (1 + 1) = 0.
        #expect(Tolerance.closedForm.accepts(fit.coefficients[0] - fit.coefficients[1], 1, scale: 1))
        #expect(fit.residualSumOfSquares(model.responses) < 1e-25)
    }

    @Test func effectsMayBeMadeOfColumns() throws {
        let contrasts = try OrthogonalContrasts(Self.network())
        // Versus treatment A: the other three have an effect of their own.
        let identity = Matrix(rows: 4, columns: 3, elements: [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
        let model = try contrasts.model(on: identity)
        let fit = model.leastSquares(weights: model.weights(at: 0.1))
        let own = try contrasts.model()
        let whole = own.leastSquares(weights: own.weights(at: 0.1))
        for index in 0..<3 {
            #expect(
                Tolerance.closedForm.accepts(
                    fit.coefficients[index], whole.coefficients[index + 1] - whole.coefficients[0], scale: 1))
        }
        // One effect for B, C and D alike.
        let shared = try contrasts.model(on: Matrix(rows: 4, columns: 1, elements: [0, 1, 1, 1]))
        #expect(shared.residualDegreesOfFreedom == 3)
    }

    @Test func columnsThatTheStudiesCannotTellApartAreRefused() throws {
        let contrasts = try OrthogonalContrasts(Self.network())
        let equal = Matrix(rows: 4, columns: 2, elements: [0, 0, 1, 1, 1, 1, 1, 1])
        let error = try #require(throws: MetaAnalysisError.self) { try contrasts.model(on: equal) }
        #expect(error.code == .singularDesign && !error.remedy.isEmpty)
    }

    @Test func partsOfANetworkHaveNoModelInCommon() throws {
        let network = try TreatmentNetwork([
            Contrast(study: "1", "A", versus: "B", estimate: 1, variance: 0.5),
            Contrast(study: "2", "C", versus: "D", estimate: 1, variance: 0.5),
        ])
        let error = try #require(throws: MetaAnalysisError.self) { try OrthogonalContrasts(network).model() }
        #expect(error.code == .singularDesign)
    }

    /// Next to a weight 10²⁰ times as large the other disappears from every sum.
    @Test func weightsTooFarApartAreRefused() throws {
        let network = try TreatmentNetwork([
            Contrast(study: "1", "A", versus: "B", estimate: 1, variance: 1e-20),
            Contrast(study: "2", "B", versus: "C", estimate: 1, variance: 1),
            Contrast(study: "3", "C", versus: "D", estimate: 1, variance: 1e-20),
        ])
        let contrasts = try OrthogonalContrasts(network)
        #expect(throws: MetaAnalysisError.self) { try contrasts.model() }
        let columns = Matrix(rows: 4, columns: 3, elements: [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
        #expect(throws: MetaAnalysisError.self) { try contrasts.model(on: columns) }
    }
}
