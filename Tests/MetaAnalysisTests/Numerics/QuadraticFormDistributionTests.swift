import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct QuadraticFormDistributionTests {
    /// Relative difference, for tails that are not 0.
    private func error(_ value: Double, _ expected: Double) -> Double { abs(value / expected - 1) }

    @Test func equalCoefficientsAreChiSquared() {
        let form = QuadraticFormDistribution(coefficients: Array(repeating: 0.5, count: 7))
        let chiSquared = ReferenceDistribution.chiSquared(degreesOfFreedom: 7)
        #expect(form.upperTail(9) == chiSquared.upperTail(18))
        #expect(form.lowerTail(0.01) == chiSquared.lowerTail(0.02))
    }

    @Test func nearlyEqualCoefficientsApproachChiSquared() {
        let coefficients = (0..<9).map { 1 + Double($0 - 4) * 1e-12 }
        let form = QuadraticFormDistribution(coefficients: coefficients)
        let chiSquared = ReferenceDistribution.chiSquared(degreesOfFreedom: 9)
        for q in [0.001, 0.3, 4, 8.9, 9.1, 30, 200, 900] {
            #expect(error(form.upperTail(q), chiSquared.upperTail(q)) < 2e-13)
            #expect(error(form.lowerTail(q), chiSquared.lowerTail(q)) < 2e-13)
        }
    }

    /// Two exponential variables with means 2 and 6: P(Q > q) = (6 exp(-q/6) - 2 exp(-q/2)) / 4.
    @Test(arguments: [0.01, 0.5, 3, 8, 20, 100, 1000])
    func twoPairsHaveAClosedForm(_ q: Double) {
        let form = QuadraticFormDistribution(coefficients: [1, 1, 3, 3])
        #expect(error(form.upperTail(q), (6 * .exp(-q / 6) - 2 * .exp(-q / 2)) / 4) < 2e-13)
        if q >= 0.5 {
            #expect(error(form.lowerTail(q), (2 * .expMinusOne(-q / 2) - 6 * .expMinusOne(-q / 6)) / 4) < 2e-13)
        }
    }

    /// With two studies Q = (y₁ − y₂)² a₁a₂/(a₁ + a₂), a multiple of χ²₁.
    @Test func aCentredFormOfTwoIsChiSquaredOfOne() {
        let form = QuadraticFormDistribution(weights: [2, 5], variances: [0.3, 11])
        let scale = (0.3 + 11) * 2 * 5 / 7
        let chiSquared = ReferenceDistribution.chiSquared(degreesOfFreedom: 1)
        for q in [1e-6, 0.1, 5, 16, 17, 60, 900] {
            #expect(error(form.upperTail(q), chiSquared.upperTail(q / scale)) < 2e-13)
            #expect(error(form.lowerTail(q), chiSquared.lowerTail(q / scale)) < 2e-13)
        }
    }

    @Test(arguments: [2, 3, 12, 100, 1000])
    func inverseVarianceWeightsGiveTheUsualQTest(_ count: Int) {
        var generator = SeededGenerator(seed: 5)
        let variances = (0..<count).map { _ in Double.exp(3 * generator.nextNormal()) }
        let form = QuadraticFormDistribution(weights: variances.map { 1 / $0 }, variances: variances)
        let chiSquared = ReferenceDistribution.chiSquared(degreesOfFreedom: Double(count - 1))
        for factor in [0.3, 1, 2.5] {
            let q = factor * Double(count)
            #expect(error(form.upperTail(q), chiSquared.upperTail(q)) < 1e-14)
        }
    }

    /// Weights so unequal that one study is alone against the rest, which has no variance.
    @Test func aSingleUncertainStudyIsChiSquaredOfOne() {
        let form = QuadraticFormDistribution(weights: [4, 1, 3], variances: [2, 0, 0])
        let chiSquared = ReferenceDistribution.chiSquared(degreesOfFreedom: 1)
        for q in [0.01, 2, 4, 6, 90] {
            #expect(error(form.upperTail(q), chiSquared.upperTail(q / 4)) < 2e-13)
            #expect(error(form.lowerTail(q), chiSquared.lowerTail(q / 4)) < 2e-13)
        }
    }

    /// Equal weights and variances of two kinds give the eigenvalues of each kind, one less than it has studies, and a
    /// mixed one.
    @Test func centredFormsWithTiesAgreeWithTheirEigenvalues() {
        let (m, n, s, t) = (5, 4, 3.0, 1.0)
        let form = QuadraticFormDistribution(
            weights: Array(repeating: 2, count: m + n),
            variances: Array(repeating: s, count: m) + Array(repeating: t, count: n))
        let mixed = 2 * (Double(n) * s + Double(m) * t) / Double(m + n)
        let plain = QuadraticFormDistribution(
            coefficients: Array(repeating: 2 * s, count: m - 1) + Array(repeating: 2 * t, count: n - 1) + [mixed])
        for q in [0.1, 5, 30, 40, 100, 900] {
            #expect(error(form.upperTail(q), plain.upperTail(q)) < 2e-13)
            #expect(error(form.lowerTail(q), plain.lowerTail(q)) < 2e-13)
        }
    }

    @Test func scalingTheWeightsScalesQ() {
        let variances = [0.1, 2, 0.5, 9, 0.02]
        let weights = [3, 1, 0.5, 2, 7.0]
        let form = QuadraticFormDistribution(weights: weights, variances: variances)
        let scaled = QuadraticFormDistribution(weights: weights.map { $0 * 1e30 }, variances: variances)
        for q in [0.3, 10, 80] {
            #expect(error(scaled.upperTail(q * 1e30), form.upperTail(q)) < 1e-13)
        }
    }

    @Test func manyTermsKeepTheirAccuracy() {
        // Half of each of two coefficients, and the same form as a centered one, which is computed along another way.
        let count = 10_000
        let coefficients = (0..<count).map { $0 < count / 2 ? 1.0 : 2.0 }
        let plain = QuadraticFormDistribution(coefficients: coefficients + [1.5])
        let mixed = QuadraticFormDistribution(
            weights: Array(repeating: 1, count: count + 2),
            variances: coefficients + [1, 2])
        let mean = 1.5 * Double(count) + 1.5
        let deviation = Double.sqrt(2 * 2.5 * Double(count))
        for z in [-20.0, 0, 3] {
            let q = mean + z * deviation
            #expect(error(plain.upperTail(q), mixed.upperTail(q)) < 1e-11)
            #expect(error(plain.lowerTail(q), mixed.lowerTail(q)) < 1e-11)
        }
    }

    @Test func boundariesAndImpossibleInput() {
        let form = QuadraticFormDistribution(coefficients: [1, 2, 3])
        #expect(form.lowerTail(0) == 0 && form.upperTail(0) == 1)
        #expect(form.lowerTail(-1) == 0 && form.upperTail(-1) == 1)
        #expect(form.lowerTail(.infinity) == 1 && form.upperTail(.infinity) == 0)
        #expect(form.upperTail(.nan).isNaN && form.lowerTail(.nan).isNaN)
        #expect(form.upperTail(1e5) == 0)
        #expect(QuadraticFormDistribution(coefficients: [1, -1]).upperTail(1).isNaN)
        #expect(QuadraticFormDistribution(weights: [1, .nan], variances: [1, 1]).lowerTail(1).isNaN)
        let zero = QuadraticFormDistribution(weights: [3], variances: [2])
        #expect(zero.upperTail(0) == 0 && zero.upperTail(-1) == 1 && zero.lowerTail(0) == 1)
        #expect(QuadraticFormDistribution(coefficients: [0, 0]).upperTail(1) == 0)
    }

    /// Whatever the spread of the coefficients and the place, both tails are probabilities that add to 1.
    @Test func anyFormReturns() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let count = 1 + Int(generator.next() % 8)
            let spread = 200 * generator.nextUniform()
            let weights = (0..<count).map { _ in Double.exp(spread * (generator.nextUniform() - 0.5)) }
            let variances = (0..<count).map { _ in Double.exp(spread * (generator.nextUniform() - 0.5)) }
            let q = Double.exp(2 * spread * (generator.nextUniform() - 0.5))
            for form in [
                QuadraticFormDistribution(coefficients: weights),
                QuadraticFormDistribution(weights: weights, variances: variances),
            ] {
                let (lower, upper) = (form.lowerTail(q), form.upperTail(q))
                #expect(lower >= 0 && lower <= 1 && upper >= 0 && upper <= 1)
                #expect(abs(lower + upper - 1) <= 2.3e-16)
                let below = form.lowerTail(q * 0.99)
                #expect(below <= lower * (1 + 1e-12))
            }
        }
    }
}
