import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Sums by classes of variances against sums over all responses.
@Suite struct GramSeriesTests {
    private static let count = 20_000
    private static let tauSquared: [Double] = [0, 1e-12, 1e-3, 0.04, 1, 1e3, 1e12]

    /// Three columns, and variances spread over about two octaves.
    private static func data(scale: Double = 1) -> (matrix: Matrix, responses: [Double], variances: [Double]) {
        var generator = SeededGenerator(seed: 11)
        var elements: [Double] = []
        var (responses, variances): ([Double], [Double]) = ([], [])
        for _ in 0..<count {
            elements += [1, 4 * generator.nextUniform() - 2, 4 * generator.nextUniform() - 1]
            responses.append(2 * generator.nextUniform() - 1)
            variances.append(scale * (0.05 + 0.12 * generator.nextUniform()))
        }
        return (Matrix(rows: count, columns: 3, elements: elements), responses, variances)
    }

    @Test(arguments: [1e-60, 1, 1e60])
    func sumsAreThoseOfAPass(_ scale: Double) {
        let (matrix, responses, variances) = Self.data(scale: scale)
        let made = GramSeries(matrix, responses: responses, variances: variances)
        guard let series = made else {
            Issue.record("no series")
            return
        }
        let columns = GramColumns(matrix, responses: responses, variances: variances)
        for tauSquared in Self.tauSquared.map({ $0 * scale }) {
            let found = series.sums(at: tauSquared)
            let expected = columns.sums(at: tauSquared, isComplete: true)
            // Sums of products of both signs are known to a share of the sums of the squares.
            for (found, expected) in [
                (found.first, expected.first), (found.second, expected.second), (found.third, expected.third),
            ] {
                let size = expected.indices.reduce(0) { max($0, abs(expected[$1])) }
                for (one, other) in zip(found, expected) { #expect(abs(one - other) <= 2e-14 * size) }
            }
            #expect(abs(found.weights - expected.weights) <= 1e-13 * expected.weights)
            #expect(abs(found.squaredWeights - expected.squaredWeights) <= 1e-13 * expected.squaredWeights)
        }
    }

    /// At the edges of classes the series is longest: powers of two have their classes just above them.
    @Test func edgesOfClassesAreExact() {
        let count = 4096
        let variances = (0..<count).map { $0 % 2 == 0 ? 1.0 : 1.0.nextDown }
        let matrix = Matrix(rows: count, columns: 1, elements: Array(repeating: 1, count: count))
        let responses = (0..<count).map { Double($0 % 7) - 3 }
        let made = GramSeries(matrix, responses: responses, variances: variances)
        guard let series = made else {
            Issue.record("no series")
            return
        }
        let columns = GramColumns(matrix, responses: responses, variances: variances)
        let (found, expected) = (series.sums(at: 0), columns.sums(at: 0, isComplete: true))
        for (one, other) in zip(found.third, expected.third) { #expect(abs(one - other) <= 2e-14 * Double(count)) }
    }

    /// Few responses, variances of many octaves, or variances that are no normal numbers are summed one by one.
    @Test func fewResponsesForManyClassesHaveNone() {
        let (matrix, responses, variances) = Self.data()
        let some = Matrix(rows: 100, columns: 3, elements: Array(matrix.elements[..<300]))
        func hasSeries(_ matrix: Matrix, _ responses: [Double], _ variances: [Double]) -> Bool {
            GramSeries(matrix, responses: responses, variances: variances) != nil
        }
        var wide = variances
        wide[7] = 1e-30
        var tiny = variances
        tiny[7] = 1e-310
        let found = [
            hasSeries(matrix, responses, variances),
            hasSeries(some, Array(responses[..<100]), Array(variances[..<100])),
            hasSeries(matrix, responses, wide), hasSeries(matrix, responses, tiny),
        ]
        #expect(found == [true, false, false, false])
    }

    /// What estimators read is that of the residuals, formed one by one.
    @Test func aProfileIsThatOfResiduals() throws {
        let (matrix, responses, variances) = Self.data()
        let model = try VarianceComponentModel(responses: responses, variances: variances, design: .columns(matrix))
        for tauSquared in Self.tauSquared {
            let profile = model.profile(at: tauSquared)
            let fit = model.leastSquares(weights: model.weights(at: tauSquared))
            let traces = fit.projectionTraces()
            let pairs = [
                (profile.quadraticForm, fit.residualSumOfSquares(responses)),
                (profile.squaredQuadraticForm, fit.squaredWeightResidualSum(responses)),
                (profile.cubedQuadraticForm, fit.cubedQuadraticForm(responses)),
                (profile.traceP, traces.first), (profile.tracePP, traces.second),
            ]
            for (found, expected) in pairs { #expect(abs(found - expected) <= 1e-12 * abs(expected)) }
            let forms = model.quadraticForms(at: tauSquared)
            #expect(abs(forms.form - pairs[0].1) <= 1e-12 * pairs[0].1)
            #expect(abs(forms.squared - pairs[1].1) <= 1e-12 * pairs[1].1)
        }
    }
}
