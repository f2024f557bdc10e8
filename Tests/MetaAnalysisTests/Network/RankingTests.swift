import Foundation
import Testing

@testable import MetaAnalysis

@Suite struct RankingTests {
    /// Effects versus P with their variances: independent, as of a star.
    private func star(_ effects: [(name: String, estimate: Double, variance: Double)]) throws -> NetworkFit {
        let contrasts = effects.map {
            Contrast(
                study: "P against " + $0.name, Treatment($0.name), versus: "P", estimate: $0.estimate,
                standardError: $0.variance.squareRoot())
        }
        return try NetworkMetaAnalysis(reference: "P", model: .common).fit(TreatmentNetwork(contrasts))
    }

    private var example: NetworkFit {
        get throws { try star([("A", -0.5, 0.04), ("B", -0.3, 0.09), ("C", 0.1, 0.01), ("D", -0.2, 0.25)]) }
    }

    @Test func pScoresAreMeanProbabilities() throws {
        let ranking = Ranking(try example, preferring: .lower, rankProbabilities: false)
        let normal = ReferenceDistribution.normal
        let versusOthers = [
            normal.lowerTail(0.2 / 0.13.squareRoot()), normal.lowerTail(0.6 / 0.05.squareRoot()),
            normal.lowerTail(0.3 / 0.29.squareRoot()), normal.lowerTail(0.5 / 0.2),
        ]
        let entry = try #require(ranking["A"])
        #expect(abs(entry.pScore - versusOthers.reduce(0, +) / 4) < 1e-14)
        #expect(entry.sucra == entry.pScore)
        #expect(abs(entry.meanRank - (5 - 4 * entry.pScore)) < 1e-14)
        #expect(ranking.treatments.map(\.treatment) == ["A", "B", "D", "P", "C"])
        #expect(abs(ranking.pScores.reduce(0, +) / 5 - 0.5) < 1e-15)
        #expect(entry.rankProbabilities == nil && entry.probabilityBest == nil && entry.medianRank == nil)
        #expect(ranking.errorBound == nil)
        #expect(ranking["Z"] == nil)
    }

    @Test func rankProbabilitiesAgreeWithScores() throws {
        let ranking = Ranking(try example, preferring: .lower)
        let bound = try #require(ranking.errorBound)
        #expect(bound <= 1e-4)
        var columns = Array(repeating: 0.0, count: 5)
        for entry in ranking.treatments {
            let probabilities = try #require(entry.rankProbabilities)
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-10)
            for (rank, probability) in probabilities.enumerated() { columns[rank] += probability }
            let mean = probabilities.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
            #expect(abs(mean - entry.meanRank) < 5 * bound)
            #expect(entry.probabilityBest == probabilities[0])
            let median = try #require(entry.medianRank)
            let interval = try #require(entry.rankInterval)
            #expect(interval.contains(median))
            #expect(probabilities[..<(median - 1)].reduce(0, +) < 0.5)
            #expect(probabilities[..<median].reduce(0, +) >= 0.5 - bound)
            #expect(probabilities[(interval.lowerBound - 1)..<interval.upperBound].reduce(0, +) >= 0.95 - 3 * bound)
        }
        #expect(columns.allSatisfy { abs($0 - 1) < 1e-10 })
    }

    @Test func theOtherPreferenceTurnsTheRankingAround() throws {
        let lower = Ranking(try example, preferring: .lower, tolerance: 1e-3)
        let higher = Ranking(try example, preferring: .higher, tolerance: 1e-3)
        #expect(higher.treatments.map(\.treatment) == lower.treatments.map(\.treatment).reversed())
        #expect(abs(higher.precisionOfHierarchy - lower.precisionOfHierarchy) < 1e-14)
        for entry in lower.treatments {
            let other = try #require(higher[entry.treatment])
            #expect(abs(entry.pScore + other.pScore - 1) < 1e-14)
            let one = try #require(entry.rankProbabilities)
            let turned = try #require(other.rankProbabilities).reversed()
            #expect(zip(one, turned).allSatisfy { abs($0 - $1) < 2e-3 })
        }
    }

    @Test func renamingAndReferenceChangeNothing() throws {
        let ranking = Ranking(try example, preferring: .lower, tolerance: 1e-3)
        // The same network under names in another order.
        let names = ["A": "z", "B": "a", "C": "m", "D": "b", "P": "q"]
        let contrasts = [("D", -0.2, 0.5), ("A", -0.5, 0.2), ("C", 0.1, 0.1), ("B", -0.3, 0.3)].map {
            Contrast(
                study: $0.0, Treatment("q"), versus: Treatment(names[$0.0] ?? ""), estimate: -$0.1, standardError: $0.2)
        }
        let renamed = Ranking(
            try NetworkMetaAnalysis(reference: "m", model: .common).fit(TreatmentNetwork(contrasts)),
            preferring: .lower, tolerance: 1e-3)
        for entry in ranking.treatments {
            let other = try #require(renamed[Treatment(names[entry.treatment.name] ?? "")])
            #expect(abs(entry.pScore - other.pScore) < 1e-12)
            let (one, two) = (try #require(entry.rankProbabilities), try #require(other.rankProbabilities))
            #expect(one.count == 5 && zip(one, two).allSatisfy { abs($0 - $1) < 1e-10 })
        }
    }

    @Test func twoTreatmentsFollowThePairwiseTest() throws {
        let ranking = Ranking(try star([("A", -0.3, 0.04)]), preferring: .lower)
        let better = ReferenceDistribution.normal.lowerTail(1.5)
        #expect(ranking.errorBound == 0)
        #expect(abs((ranking["A"]?.pScore ?? 0) - better) < 1e-14)
        #expect(abs((ranking["A"]?.probabilityBest ?? 0) - better) < 1e-14)
        #expect(abs(ranking.precisionOfHierarchy - 4 * (better - 0.5) * (better - 0.5)) < 1e-14)
    }

    @Test func precisionRunsFromNoOrderToOne() throws {
        let clear = Ranking(
            try star([("A", 10, 0.01), ("B", 20, 0.01), ("C", 30, 0.01)]), preferring: .higher, tolerance: 1e-3)
        #expect(abs(clear.precisionOfHierarchy - 1) < 1e-14)
        #expect(clear["C"]?.rankInterval == 1...1)
        #expect(clear["P"]?.medianRank == 4)
        let equal = Ranking(try star([("A", 0, 1), ("B", 0, 1), ("C", 0, 2)]), preferring: .higher, tolerance: 1e-3)
        #expect(equal.precisionOfHierarchy < 1e-14)
        #expect(equal.treatments.map(\.treatment) == ["A", "B", "C", "P"])
    }

    @Test func equalTreatmentsWithoutErrorCountOneHalf() throws {
        var fit = try star([("A", 0, 1), ("B", 0, 1)])
        fit.estimates = [0, 0, -1]
        fit.covariance = [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
        let ranking = Ranking(fit, preferring: .lower, tolerance: 1e-3)
        #expect(ranking["A"]?.pScore == ranking["B"]?.pScore)
        #expect(abs(ranking.pScores.reduce(0, +) - 1.5) < 1e-15)
        let one = try #require(ranking["A"]?.rankProbabilities)
        let other = try #require(ranking["B"]?.rankProbabilities)
        #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func normalRanksBesideOtherIntervalsAreNamed() throws {
        let contrasts = [
            Contrast(study: "1", "A", versus: "B", estimate: 0.1, standardError: 0.2),
            Contrast(study: "2", "A", versus: "B", estimate: 0.4, standardError: 0.2),
            Contrast(study: "3", "C", versus: "B", estimate: 0.2, standardError: 0.1),
        ]
        let fit = try NetworkMetaAnalysis(interval: .t).fit(TreatmentNetwork(contrasts))
        let ranking = Ranking(fit, preferring: .lower, tolerance: 1e-3)
        #expect(ranking.diagnostics.map(\.code) == [.normalRanks])
        #expect(Ranking(try example, preferring: .lower, tolerance: 1e-3).diagnostics.isEmpty)
    }

    @Test func cumulativeProbabilitiesEndAtOne() throws {
        let fit = try NetworkMetaAnalysis().fit(DesignSample.loops)
        for one in Ranking(fit, preferring: .lower).treatments {
            let cumulative = try #require(one.cumulativeProbabilities)
            #expect(cumulative.first == one.probabilityBest && abs((cumulative.last ?? 0) - 1) < 1e-3)
            // SUCRA is the mean of them without the last.
            let mean = cumulative.dropLast().reduce(0, +) / Double(cumulative.count - 1)
            #expect(abs(mean - one.sucra) < 1e-3)
        }
        let bare = Ranking(fit, preferring: .lower, rankProbabilities: false)
        #expect(bare.treatments.allSatisfy { $0.cumulativeProbabilities == nil })
    }

    @Test func rankingsCanBeStored() throws {
        for probabilities in [true, false] {
            let ranking = Ranking(
                try example, preferring: .lower, rankProbabilities: probabilities, tolerance: 1e-3)
            #expect(try JSONDecoder().decode(Ranking.self, from: JSONEncoder().encode(ranking)) == ranking)
        }
    }
}
