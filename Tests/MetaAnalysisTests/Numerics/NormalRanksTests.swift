import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct NormalRanksTests {
    private func diagonal(_ variances: [Double], common: Double = 0) -> Matrix {
        var matrix = Matrix(rows: variances.count, columns: variances.count)
        for row in variances.indices {
            for column in variances.indices { matrix[row, column] = common }
            matrix[row, row] += variances[row]
        }
        return matrix
    }

    private func matrix(_ rows: [[Double]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows.count, elements: rows.flatMap { $0 })
    }

    private func distance(_ one: Matrix, _ other: Matrix) -> Double {
        zip(one.elements, other.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private func worstSum(_ matrix: Matrix) -> Double {
        var worst = 0.0
        for index in 0..<matrix.rows {
            let row = (0..<matrix.rows).reduce(0) { $0 + matrix[index, $1] }
            let column = (0..<matrix.rows).reduce(0) { $0 + matrix[$1, index] }
            worst = max(worst, abs(row - 1), abs(column - 1))
        }
        return worst
    }

    /// Effects of netmeta's Parkinson network and the pseudo-inverse of its Laplacian, which R gives as well.
    private let parkinson = (
        means: [
            0.20353678871600955, -0.09646321128399032, 0.7275305004797459, -1.0840228204076718, 0.24941874249590812,
        ],
        covariance: [
            [
                0.04880484646909321, 0.04012930412948974, -0.04580043824634686, -0.05309520732601358,
                0.00996149497377747,
            ],
            [
                0.04012930412948974, 0.07483147348790359, -0.05447598058595032, -0.06177074966561704,
                0.00128595263417403,
            ],
            [
                -0.04580043824634686, -0.05447598058595032, 0.08868620908984161, 0.04783837827205335,
                -0.0362481685295979,
            ],
            [
                -0.05309520732601358, -0.06177074966561704, 0.04783837827205335, 0.11765859338088393,
                -0.0506310146613068,
            ],
            [0.00996149497377747, 0.00128595263417403, -0.0362481685295979, -0.0506310146613068, 0.07563173558295326],
        ]
    )

    @Test func oneAndTwoVariablesAreExact() {
        #expect(NormalRanks(means: [3], covariance: diagonal([2])).probabilities.elements == [1])
        let ranks = NormalRanks(means: [1, 0.4], covariance: matrix([[2, 0.5], [0.5, 1]]))
        let lower = ReferenceDistribution.normal.lowerTail(-0.6 / 2.0.squareRoot())
        #expect(ranks.errorBound == 0)
        #expect(distance(ranks.probabilities, matrix([[lower, 1 - lower], [1 - lower, lower]])) < 1e-15)
    }

    /// P(X₁ is the lowest) = ¼ + arcsin(ρ)/2π with the correlation ρ of X₂ − X₁ and X₃ − X₁.
    @Test func threeWithEqualMeansFollowTheArcsine() {
        let covariance = matrix([[2, 0.5, 0.3], [0.5, 1, -0.2], [0.3, -0.2, 1.5]])
        let ranks = NormalRanks(means: [1, 1, 1], covariance: covariance)
        for variable in 0..<3 {
            let one = (variable + 1) % 3
            let other = (variable + 2) % 3
            func difference(_ first: Int, _ second: Int) -> Double {
                covariance[first, second] - covariance[variable, first] - covariance[variable, second]
                    + covariance[variable, variable]
            }
            let correlation = difference(one, other) / (difference(one, one) * difference(other, other)).squareRoot()
            let extreme = 0.25 + Double.asin(correlation) / (2 * .pi)
            for (rank, probability) in [extreme, 1 - 2 * extreme, extreme].enumerated() {
                #expect(abs(ranks.probabilities[variable, rank] - probability) <= ranks.errorBound)
            }
        }
        #expect(ranks.errorBound <= 1e-4)
    }

    /// One-dimensional integrals of bivariate tails by mpmath with 30 digits.
    @Test func threeWithMeansFollowBivariateTails() {
        let covariance = matrix([[2, 0.5, 0.3], [0.5, 1, -0.2], [0.3, -0.2, 1.5]])
        let ranks = NormalRanks(means: [0, 0.4, -0.3], covariance: covariance)
        let exact = matrix([
            [0.326429967485, 0.388573099308, 0.284996933207],
            [0.193654316441, 0.341856485668, 0.464489197892],
            [0.479915716075, 0.269570415024, 0.250513868901],
        ])
        #expect(ranks.errorBound <= 1e-4)
        #expect(distance(ranks.probabilities, exact) <= ranks.errorBound)
    }

    /// ∫ φ(t) P(r − 1 of the others below μᵢ + σᵢt) dt by mpmath with 30 digits: the trapezoidal rule with steps of 1/32.
    @Test func independentVariablesFollowOneIntegral() {
        let means = [0, 0.3, -0.5, 1, 0.8, 0.1]
        let variances = [1, 0.25, 4, 0.5, 0.09, 2]
        let exact = matrix([
            [0.211443917499, 0.282694897995, 0.192962458219, 0.121824648444, 0.100923982148, 0.0901500956948],
            [0.0720527852995, 0.228113613656, 0.311161463066, 0.233126410287, 0.112671603871, 0.0428741238208],
            [0.451956455373, 0.154719231735, 0.0860078251052, 0.0632406135279, 0.0731453579348, 0.170930516324],
            [0.0191763353977, 0.0660231918216, 0.12168573823, 0.176029554813, 0.261122101146, 0.355963078592],
            [0.00544554247482, 0.0419339370496, 0.149330156176, 0.304869461442, 0.341663801914, 0.156757100944],
            [0.239924963956, 0.226515127742, 0.138852359205, 0.100909311487, 0.110473152986, 0.183325084624],
        ])
        // What all variables have in common does not matter.
        for common in [0.0, 3] {
            let ranks = NormalRanks(means: means, covariance: diagonal(variances, common: common))
            #expect(ranks.errorBound <= 1e-4)
            #expect(distance(ranks.probabilities, exact) <= ranks.errorBound)
            #expect(worstSum(ranks.probabilities) < 1e-10)
        }
    }

    @Test func exchangeableVariablesHaveEveryRankAlike() {
        let ranks = NormalRanks(
            means: Array(repeating: 2, count: 7), covariance: diagonal(Array(repeating: 1, count: 7)))
        #expect(ranks.errorBound <= 1e-4)
        for probability in ranks.probabilities.elements { #expect(abs(probability - 1 / 7.0) <= ranks.errorBound) }
    }

    /// Against draws from the same distribution, and the exact mean ranks 1 + Σ Φ.
    @Test func networksFollowDrawsAndMeanRanks() {
        let covariance = matrix(parkinson.covariance)
        let ranks = NormalRanks(means: parkinson.means, covariance: covariance)
        #expect(ranks.errorBound <= 1e-4)
        for row in 0..<5 {
            var exact = 1.0
            for other in 0..<5 where other != row {
                let variance = covariance[row, row] + covariance[other, other] - 2 * covariance[row, other]
                exact += ReferenceDistribution.normal.lowerTail(
                    (parkinson.means[row] - parkinson.means[other]) / variance.squareRoot())
            }
            let mean = (0..<5).reduce(0) { $0 + Double($1 + 1) * ranks.probabilities[row, $1] }
            #expect(abs(mean - exact) <= 5 * ranks.errorBound)
        }

        // Draws by a factor of the covariance with the null vector (1, …, 1) filled up.
        var full = covariance
        for index in full.elements.indices { full.elements[index] += 0.01 }
        let draws = 20_000
        var generator = SeededGenerator(seed: 1)
        var counts = Matrix(rows: 5, columns: 5)
        let factor = lowerFactor(full)
        for _ in 0..<draws {
            let normals = (0..<5).map { _ in generator.nextNormal() }
            let values = zip(parkinson.means, factor * normals).map { $0 + $1 }
            for row in 0..<5 { counts[row, values.count { $0 < values[row] }] += 1 / Double(draws) }
        }
        for (probability, share) in zip(ranks.probabilities.elements, counts.elements) {
            let error = max(probability * (1 - probability), 1e-4).squareRoot() / Double(draws).squareRoot()
            #expect(abs(probability - share) <= 4.5 * error + ranks.errorBound)
        }
    }

    private func lowerFactor(_ matrix: Matrix) -> Matrix {
        var factor = Matrix(rows: matrix.rows, columns: matrix.rows)
        for row in 0..<matrix.rows {
            for column in 0...row {
                let sum = (0..<column).reduce(matrix[row, column]) { $0 - factor[row, $1] * factor[column, $1] }
                factor[row, column] = row == column ? sum.squareRoot() : sum / factor[column, column]
            }
        }
        return factor
    }

    @Test func orderScaleAndSignDoNotMatter() {
        let covariance = matrix(parkinson.covariance)
        let ranks = NormalRanks(means: parkinson.means, covariance: covariance, tolerance: 1e-3).probabilities
        let order = [3, 0, 4, 2, 1]
        let shuffled = NormalRanks(
            means: order.map { 10 * parkinson.means[$0] - 4 },
            covariance: matrix(order.map { row in order.map { 100 * covariance[row, $0] + 7 } }), tolerance: 1e-3)
        let mirrored = NormalRanks(means: parkinson.means.map { -$0 }, covariance: covariance, tolerance: 1e-3)
        for (position, variable) in order.enumerated() {
            for rank in 0..<5 {
                #expect(abs(shuffled.probabilities[position, rank] - ranks[variable, rank]) < 1e-11)
                #expect(abs(mirrored.probabilities[variable, 4 - rank] - ranks[variable, rank]) <= 1e-3)
            }
        }
    }

    @Test func variablesWithoutVarianceShareTheirRanks() {
        let none = NormalRanks(means: [1, 2, 1, 0], covariance: diagonal([0, 0, 0, 0]))
        #expect(none.errorBound == 0)
        #expect(
            none.probabilities.elements == [0, 0.5, 0.5, 0, 0, 0, 0, 1, 0, 0.5, 0.5, 0, 1, 0, 0, 0])
        // Two equal variables and one by itself.
        let tie = NormalRanks(means: [0, 0, 0.7], covariance: matrix([[1, 1, 0], [1, 1, 0], [0, 0, 2]]))
        let above = ReferenceDistribution.normal.upperTail(-0.7 / 3.0.squareRoot())
        let exact = matrix([
            [above / 2, 0.5, (1 - above) / 2], [above / 2, 0.5, (1 - above) / 2], [1 - above, 0, above],
        ])
        #expect(distance(tie.probabilities, exact) <= 1e-4)
    }

    @Test func sumsOfOthersAreAllowed() {
        // X₃ is always between X₁ and X₂.
        let ranks = NormalRanks(
            means: [0, 0.7, 0.35], covariance: matrix([[1, 0, 0.5], [0, 2, 1], [0.5, 1, 0.75]]))
        let below = ReferenceDistribution.normal.lowerTail(0.7 / 3.0.squareRoot())
        let exact = matrix([[below, 0, 1 - below], [1 - below, 0, below], [0, 1, 0]])
        #expect(distance(ranks.probabilities, exact) <= 1e-4)
        #expect(worstSum(ranks.probabilities) < 1e-10)
    }

    @Test func groupsFarApartDoNotMix() {
        let means = [0, 0.2, 0.1, 40, 40.3, 1e9]
        let ranks = NormalRanks(means: means, covariance: diagonal([1, 2, 1, 1, 1, 3]), tolerance: 1e-3)
        #expect(worstSum(ranks.probabilities) < 1e-10)
        #expect(ranks.probabilities[5, 5] == 1)
        #expect((0..<3).reduce(0) { $0 + ranks.probabilities[3, $1] } == 0)
    }

    @Test func variancesOfDifferentSizesKeepTheirOwnScale() {
        // The last two differ by little and clearly, the first is uncertain by a million times as much.
        let ranks = NormalRanks(means: [0, 0, 1e-6], covariance: diagonal([1, 1e-12, 1e-12]))
        let order = ReferenceDistribution.normal.lowerTail(1 / 2.0.squareRoot())
        let exact = matrix([[0.5, 0, 0.5], [order / 2, 0.5, (1 - order) / 2], [(1 - order) / 2, 0.5, order / 2]])
        #expect(distance(ranks.probabilities, exact) <= 1e-4)
        let apart = NormalRanks(means: [1e300, -1e300, 0, 1], covariance: diagonal([1, 1, 1, 1]), tolerance: 1e-3)
        #expect(abs(apart.probabilities[2, 1] - order) <= 1e-3)
    }
}
