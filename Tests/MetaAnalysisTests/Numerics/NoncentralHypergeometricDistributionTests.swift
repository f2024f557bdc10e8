import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct NoncentralHypergeometricDistributionTests {
    /// The distribution by listing every way to spread the events.
    struct Enumeration {
        var mean: [Double]
        var covariance: Matrix
        var normalizer = 0.0
        private(set) var probabilities: [[Double]: Double] = [:]

        init(sizes: [Int], logOdds: [Double], total: Int) {
            var weights: [[Int]: Double] = [:]
            func spread(_ counts: [Int], _ left: Int, _ weight: Double) {
                let group = counts.count
                guard group < sizes.count else {
                    if left == 0 { weights[counts] = weight }
                    return
                }
                var ways = 1.0
                for count in 0...min(left, sizes[group]) {
                    spread(counts + [count], left - count, weight * ways * .exp(Double(count) * logOdds[group]))
                    ways *= Double(sizes[group] - count) / Double(count + 1)
                }
            }
            spread([], total, 1)
            mean = sizes.map { _ in 0 }
            covariance = Matrix(rows: sizes.count, columns: sizes.count)
            let sorted = weights.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            normalizer = sorted.reduce(0) { $0 + $1.value }
            for (counts, weight) in sorted {
                for group in sizes.indices { mean[group] += weight / normalizer * Double(counts[group]) }
            }
            for (counts, weight) in sorted {
                let distances = sizes.indices.map { Double(counts[$0]) - mean[$0] }
                for first in sizes.indices {
                    for second in sizes.indices {
                        covariance[first, second] += weight / normalizer * distances[first] * distances[second]
                    }
                }
                probabilities[counts.map(Double.init)] = weight / normalizer
            }
        }
    }

    @Test func agreesWithListingEverything() {
        let cases: [(sizes: [Int], logOdds: [Double], total: Int)] = [
            ([4, 4], [0, 0], 4), ([1, 1], [2, -2], 1), ([10, 3], [-1.5, 0.5], 7), ([12, 9], [6, -6], 11),
            ([5, 7, 9], [0.3, 0, -0.8], 6), ([5, 7, 9], [0.3, 0, -0.8], 20), ([2, 30, 1], [4, -4, 0], 3),
            ([8, 8, 8, 8], [1, -1, 0.2, 0], 13), ([3, 0, 5], [1, 3, 0], 4), ([20, 25], [20, 0], 22),
        ]
        for (sizes, logOdds, total) in cases {
            let listed = Enumeration(sizes: sizes, logOdds: logOdds, total: total)
            let found = NoncentralHypergeometricDistribution(
                sizes: sizes.map(Double.init), logOdds: logOdds, total: Double(total))
            for first in sizes.indices {
                #expect(Tolerance.closedForm.accepts(found.mean[first], listed.mean[first]), "\(sizes) \(total)")
                for second in sizes.indices {
                    #expect(
                        Tolerance.closedForm.accepts(
                            found.covariance[first, second], listed.covariance[first, second],
                            scale: 1e-3 * listed.covariance[first, first]),
                        "\(sizes) \(total)")
                }
            }
            #expect(Tolerance.closedForm.accepts(found.logNormalizer, .log(listed.normalizer), scale: 1))
            for (counts, probability) in listed.probabilities where probability > 1e-12 {
                #expect(Tolerance.closedForm.accepts(found.logProbability(counts), .log(probability), scale: 10))
            }
        }
    }

    /// Sums of 901 and of 21 terms, with 40 digits.
    @Test func manyParticipantsCostNothing() {
        let large = NoncentralHypergeometricDistribution(sizes: [200_000, 100_000], logOdds: [0.3, 0], total: 900)
        #expect(Tolerance.closedForm.accepts(large.mean[0], 656.58722518578478476))
        #expect(Tolerance.closedForm.accepts(large.covariance[0, 0], 177.10716803731649983))
        #expect(Tolerance.closedForm.accepts(large.logNormalizer, 6311.2142767927384023))
        let uneven = NoncentralHypergeometricDistribution(sizes: [1_000_000, 20], logOdds: [0.5, 0], total: 300_000)
        #expect(Tolerance.closedForm.accepts(uneven.mean[1], 4.12618398471503))
        #expect(Tolerance.closedForm.accepts(uneven.covariance[0, 0], 3.2748657531369781506))
        #expect(Tolerance.closedForm.accepts(uneven.logNormalizer, 760_861.87694941732936))
    }

    @Test func nothingIsLeftToChanceAtTheEnds() {
        let none = NoncentralHypergeometricDistribution(sizes: [3, 4], logOdds: [1, 2], total: 0)
        #expect(none.mean == [0, 0] && none.covariance.elements.allSatisfy { $0 == 0 } && none.logNormalizer == 0)
        let all = NoncentralHypergeometricDistribution(sizes: [3, 4], logOdds: [1, 2], total: 7)
        #expect(all.mean == [3, 4] && all.logNormalizer == 11)
        #expect(abs(all.logProbability([3, 4])) < 1e-14)
    }

    /// What is not an event is distributed so too, with the log odds turned round.
    @Test func eventsAndNonEventsMirrorEachOther() {
        let sizes = [40.0, 55, 12]
        let events = NoncentralHypergeometricDistribution(sizes: sizes, logOdds: [0.2, -0.4, 1], total: 30)
        let rest = NoncentralHypergeometricDistribution(sizes: sizes, logOdds: [-0.2, 0.4, -1], total: 77)
        for group in sizes.indices {
            #expect(Tolerance.closedForm.accepts(events.mean[group], sizes[group] - rest.mean[group]))
            #expect(Tolerance.closedForm.accepts(events.covariance[group, group], rest.covariance[group, group]))
        }
    }
}
