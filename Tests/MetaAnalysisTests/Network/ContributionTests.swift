import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ContributionTests {
    private static let networks: [(seed: UInt64, treatments: Int, studies: Int)] = [
        (1, 2, 3), (2, 3, 2), (3, 5, 6), (4, 7, 12), (5, 9, 5), (6, 12, 30),
    ]

    @Test(arguments: ContributionMethod.allCases, Self.networks)
    func everyRowSumsToOne(
        _ method: ContributionMethod, _ sample: (seed: UInt64, treatments: Int, studies: Int)
    ) throws {
        let network = try EvidenceSample.random(
            seed: sample.seed, treatments: sample.treatments, studies: sample.studies)
        for tauSquared in [0, 0.3] {
            let matrix = try Contributions(method: method).fit(network, tauSquared: tauSquared)
            #expect(matrix.rows.count == sample.treatments * (sample.treatments - 1) / 2)
            for row in matrix.rows {
                let proportions = try #require(row.proportions)
                #expect(Tolerance.closedForm.accepts(proportions.reduce(0, +), 1))
                #expect(proportions.allSatisfy { $0 >= 0 })
                for (proportion, hat) in zip(proportions, row.hat) { #expect(proportion <= abs(hat) + 1e-12) }
                let studies = try #require(matrix.studyProportions(row))
                #expect(Tolerance.closedForm.accepts(studies.reduce(0, +), 1))
            }
        }
    }

    /// Every path from A that uses A:B ends there, so that the direct comparison contributes as it stands in the hat matrix.
    @Test(arguments: ContributionMethod.allCases, Self.networks)
    func directEvidenceContributesItsHatValue(
        _ method: ContributionMethod, _ sample: (seed: UInt64, treatments: Int, studies: Int)
    ) throws {
        let network = try EvidenceSample.random(
            seed: sample.seed, treatments: sample.treatments, studies: sample.studies)
        let matrix = try Contributions(method: method).fit(network)
        var compared = 0
        for row in matrix.rows {
            let own = matrix.columns.firstIndex { $0.treatment == row.treatment && $0.versus == row.versus }
            guard let own else { continue }
            compared += 1
            let proportion = try #require(row.proportions)[own]
            #expect(Tolerance.closedForm.accepts(proportion, row.hat[own], scale: 1))
        }
        #expect(compared == matrix.columns.count)
    }

    /// The hat matrix is a flow: what enters a treatment leaves it, but for the unit at the two ends.
    @Test(arguments: Self.networks)
    func theHatMatrixIsAFlow(_ sample: (seed: UInt64, treatments: Int, studies: Int)) throws {
        let network = try EvidenceSample.random(
            seed: sample.seed, treatments: sample.treatments, studies: sample.studies)
        let matrix = try Contributions().fit(network)
        for row in matrix.rows {
            for treatment in network.treatments {
                var balance = 0.0
                for (column, hat) in zip(matrix.columns, row.hat) {
                    if column.treatment == treatment { balance += hat }
                    if column.versus == treatment { balance -= hat }
                }
                let expected = treatment == row.treatment ? 1.0 : treatment == row.versus ? -1 : 0
                #expect(Tolerance.closedForm.accepts(balance, expected, scale: 1))
            }
        }
    }

    /// The walker's paths listed one by one.
    @Test(arguments: Self.networks.dropLast())
    func theRandomWalkIsTheSumOverItsPaths(_ sample: (seed: UInt64, treatments: Int, studies: Int)) throws {
        let network = try EvidenceSample.random(
            seed: sample.seed, treatments: sample.treatments, studies: sample.studies)
        let matrix = try Contributions(method: .randomWalk).fit(network)
        for row in matrix.rows {
            let proportions = try #require(row.proportions)
            let listed = Self.listed(row, matrix)
            for (proportion, expected) in zip(proportions, listed) {
                #expect(Tolerance.closedForm.accepts(proportion, expected, scale: 1))
            }
        }
    }

    private static func listed(_ row: ContributionMatrix.Row, _ matrix: ContributionMatrix) -> [Double] {
        var sums = Array(repeating: 0.0, count: matrix.columns.count)
        func walk(_ here: Treatment, _ path: [Int], _ probability: Double) {
            if here == row.versus {
                for edge in path { sums[edge] += probability / Double(path.count) }
                return
            }
            var ways: [(edge: Int, to: Treatment, current: Double)] = []
            for (edge, column) in matrix.columns.enumerated() {
                let hat = row.hat[edge]
                if column.treatment == here, hat > 1e-13 { ways.append((edge, column.versus, hat)) }
                if column.versus == here, hat < -1e-13 { ways.append((edge, column.treatment, -hat)) }
            }
            let total = ways.reduce(0) { $0 + $1.current }
            for way in ways { walk(way.to, path + [way.edge], probability * way.current / total) }
        }
        walk(row.treatment, [], 1)
        return sums
    }

    @Test(arguments: ContributionMethod.allCases) func aStarHasNothingButItsOwnComparisons(
        _ method: ContributionMethod
    ) throws {
        let network = try EvidenceSample.network([
            ("A", "P", 0.1), ("B", "P", 0.2), ("C", "P", 0.3), ("C", "P", 0.05), ("D", "P", 0.4),
        ])
        let matrix = try Contributions(method: method).fit(network, tauSquared: 0.02)
        for row in matrix.rows {
            let own = matrix.columns.map { column in
                [row.treatment, row.versus].contains(column.treatment) || [row.treatment, row.versus] == ["P"]
            }
            let share = row.versus == "P" || row.treatment == "P" ? 1.0 : 0.5
            for (proportion, isOwn) in zip(try #require(row.proportions), own) {
                #expect(Tolerance.closedForm.accepts(proportion, isOwn ? share : 0, scale: 1))
            }
        }
    }

    /// Two ways of two steps and the direct one, by hand: with equal variances of 1 the direct way carries ½ and each detour
    /// ¼.
    @Test(arguments: ContributionMethod.allCases) func byHand(_ method: ContributionMethod) throws {
        let network = try EvidenceSample.network([
            ("A", "B", 1), ("A", "C", 1), ("B", "C", 1), ("A", "D", 1), ("B", "D", 1),
        ])
        let matrix = try Contributions(method: method).fit(network)
        let row = try #require(matrix.row(of: "A", versus: "B"))
        #expect(matrix.columns.map { "\($0.treatment):\($0.versus)" } == ["A:B", "A:C", "A:D", "B:C", "B:D"])
        let hat = [0.5, 0.25, 0.25, -0.25, -0.25]
        let expected = [0.5, 0.125, 0.125, 0.125, 0.125]
        for index in hat.indices {
            #expect(Tolerance.closedForm.accepts(row.hat[index], hat[index]))
            #expect(Tolerance.closedForm.accepts(try #require(row.proportions)[index], expected[index]))
        }
        let reversed = try #require(matrix.row(of: "B", versus: "A"))
        #expect(reversed.hat == row.hat.map { -$0 } && reversed.proportions == row.proportions)
        #expect(matrix.row(of: "A", versus: "Z") == nil)
    }

    /// Two equal ways, 3–4–6 and 3–5–6, behind a comparison that can fill only one of them: the rest comes by a detour.
    /// Taking one path before the other would favour it.
    @Test func tiedShortestPathsAreTreatedAlike() throws {
        let edges = [(0, 1), (0, 3), (1, 2), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6)].map {
            EvidenceGraph.Edge(first: $0.0, second: $0.1, parts: [])
        }
        let streams = EvidenceStreams(edges, treatments: 7)
        let shares = streams.shortestPath([0.4, 0.6, 0.4, 0.4, 0.5, 0.5, 0.5, 0.5], from: 0, to: 6)
        let expected = [0.08, 0.2, 0.08, 0.08, 0.14, 0.14, 0.14, 0.14]
        for (share, expected) in zip(shares, expected) { #expect(Tolerance.closedForm.accepts(share, expected)) }
    }

    @Test(arguments: ContributionMethod.allCases) func namesAndOrderPlayNoPart(_ method: ContributionMethod) throws {
        let contrasts = EvidenceSample.randomContrasts(seed: 11, treatments: 8, studies: 14)
        let matrix = try Contributions(method: method).fit(TreatmentNetwork(contrasts))
        var names: [Treatment: Treatment] = [:]
        for index in 0..<8 {
            names[Treatment(EvidenceSample.name(index))] = Treatment(EvidenceSample.name((index * 5 + 3) % 8))
        }
        let renamed = contrasts.reversed().map { contrast in
            Contrast(
                study: "New \(contrast.study)", names[contrast.versus] ?? "",
                versus: names[contrast.treatment] ?? "", estimate: -contrast.estimate, variance: contrast.variance)
        }
        let other = try Contributions(method: method).fit(TreatmentNetwork(renamed))
        for row in matrix.rows {
            let twin = try #require(other.row(of: names[row.treatment] ?? "", versus: names[row.versus] ?? ""))
            for (index, column) in matrix.columns.enumerated() {
                let pair = Set([names[column.treatment], names[column.versus]])
                let position = try #require(other.columns.firstIndex { Set([$0.treatment, $0.versus]) == pair })
                let (mine, theirs) = (try #require(row.proportions), try #require(twin.proportions))
                #expect(Tolerance.closedForm.accepts(mine[index], theirs[position], scale: 1))
            }
        }
    }

    @Test func twoTreatmentsShareByTheirWeights() throws {
        let network = try EvidenceSample.network([("A", "B", 0.5), ("A", "B", 0.25), ("B", "A", 0.25)])
        let matrix = try Contributions().fit(network)
        #expect(matrix.rows.count == 1 && matrix.columns.count == 1)
        #expect(try #require(matrix.rows[0].proportions) == [1])
        for (share, expected) in zip(try #require(matrix.studyProportions(matrix.rows[0])), [0.2, 0.4, 0.4]) {
            #expect(Tolerance.closedForm.accepts(share, expected))
        }
        let single = try Contributions(method: .shortestPath).fit(EvidenceSample.network([("A", "B", 0.5)]))
        #expect(single.rows[0].proportions == [1] && single.studyProportions(single.rows[0]) == [1])
    }

    /// A circle in the flow has no walk to its end; the shortest path passes it by.
    @Test func aCircleInTheFlow() {
        let edges = [(0, 1), (1, 2), (1, 4), (2, 3), (2, 4)].map {
            EvidenceGraph.Edge(first: $0.0, second: $0.1, parts: [])
        }
        let flow = [1, 1.2, -0.2, 1, 0.2]
        var streams = EvidenceStreams(edges, treatments: 5)
        #expect(streams.randomWalk(flow, from: 0, to: 3) == nil)
        let shares = streams.shortestPath(flow, from: 0, to: 3)
        for (share, expected) in zip(shares, [1.0 / 3, 1.0 / 3, 0, 1.0 / 3, 0]) {
            #expect(Tolerance.closedForm.accepts(share, expected, scale: 1))
        }
    }

    @Test func settingsOutOfRangeAreErrors() throws {
        let network = try EvidenceSample.network([("A", "B", 0.5)])
        for tauSquared in [-0.1, .infinity, .nan] {
            let error = #expect(throws: MetaAnalysisError.self) {
                try Contributions().fit(network, tauSquared: tauSquared)
            }
            #expect(error?.code == .invalidSetting)
        }
        let parts = try EvidenceSample.network([("A", "B", 0.5), ("C", "D", 0.5)])
        let error = #expect(throws: MetaAnalysisError.self) { try Contributions().fit(parts) }
        #expect(error?.code == .disconnectedNetwork)
    }

    /// Effects near the end of the range of numbers have the same contributions.
    @Test(arguments: [0x1p-500, 0x1p500]) func unitsPlayNoPart(_ unit: Double) throws {
        let contrasts = EvidenceSample.randomContrasts(seed: 5, treatments: 5, studies: 6)
        let scaled = contrasts.map { contrast in
            Contrast(
                study: contrast.study, contrast.treatment, versus: contrast.versus, estimate: contrast.estimate * unit,
                variance: contrast.variance * unit * unit)
        }
        let matrix = try Contributions().fit(TreatmentNetwork(contrasts), tauSquared: 0.1)
        let other = try Contributions().fit(TreatmentNetwork(scaled), tauSquared: 0.1 * unit * unit)
        for (row, twin) in zip(matrix.rows, other.rows) {
            for (mine, theirs) in zip(try #require(row.proportions), try #require(twin.proportions)) {
                #expect(Tolerance.closedForm.accepts(theirs, mine, scale: 1))
            }
        }
        for (column, twin) in zip(matrix.columns, other.columns) {
            #expect(Tolerance.closedForm.accepts(twin.weight * unit * unit, column.weight))
        }
    }

    @Test func encodedAndDecodedIsTheSame() throws {
        let network = try EvidenceSample.random(seed: 3, treatments: 5, studies: 6)
        let matrix = try Contributions(method: .shortestPath).fit(network, tauSquared: 0.1)
        let decoded = try JSONDecoder().decode(ContributionMatrix.self, from: JSONEncoder().encode(matrix))
        #expect(decoded == matrix)
    }
}
