import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite("Join of markers")
struct MarkerJoinTests {
    struct Row {
        var key: String
        var effect: Double
        var error: Double
        var alleles: (String, String)

        init(_ key: String, _ effect: Double, _ error: Double, _ alleles: (String, String) = ("A", "C")) {
            self.key = key
            self.effect = effect
            self.error = error
            self.alleles = alleles
        }
    }

    static func join(_ cohorts: [[Row]]) throws -> MarkerJoin {
        var join = MarkerJoin(aligningAlleles: true)
        for (index, rows) in cohorts.enumerated() {
            try join.beginCohort("c\(index)")
            for row in rows {
                _ = try join.add(
                    row.key, effect: row.effect, variance: row.error * row.error, effectAllele: row.alleles.0,
                    otherAllele: row.alleles.1)
            }
        }
        return join
    }

    /// The common effect of every marker for its alphabetically first allele, by key.
    static func pooled(_ join: MarkerJoin) throws -> [String: BatchEffect] {
        let pooled = try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(join.batch())
        var result: [String: BatchEffect] = [:]
        for marker in 0..<join.markerCount {
            let effect = try #require(pooled[marker] as BatchEffect?)
            result[String(decoding: join.key(of: marker), as: UTF8.self)] = effect
        }
        return result
    }

    private let small: [[Row]] = [
        [Row("rs1", 0.5, 0.1), Row("rs2", -0.2, 0.2, ("A", "G")), Row("rs3", 0, 0.1, ("A", "T"))],
        [Row("rs9", 0.1, 0.3), Row("rs3", 0.3, 0.1, ("T", "A")), Row("rs1", -0.4, 0.1, ("C", "A"))],
        [Row("rs2", -0.1, 0.1, ("T", "C")), Row("rs1", 0.3, 0.2, ("G", "T")), Row("rs9", 1, 1, ("A", "G"))],
    ]

    @Test("puts rows in any order together") func order() throws {
        let join = try Self.join(small)
        #expect(
            (0..<join.markerCount).map { String(decoding: join.key(of: $0), as: UTF8.self) } == [
                "rs1", "rs2", "rs3", "rs9",
            ])
        #expect((0..<3).map { join.effect(of: 0, in: $0) } == [0.5, 0.4, -0.3])
        #expect((0..<3).map { join.effect(of: 1, in: $0) } == [-0.2, nil, -0.1])
        #expect((0..<3).map { join.effect(of: 2, in: $0) } == [0, -0.3, nil])
        #expect((0..<3).map { join.effect(of: 3, in: $0) } == [nil, 0.1, nil])
        #expect((0..<4).map { join.direction(of: $0) } == ["++-", "-?-", "0-?", "?+?"])
    }

    @Test("knows whether any marker is shared") func shared() throws {
        #expect(try Self.join(small).hasSharedMarkers)
        #expect(try Self.join([small[0]]).hasSharedMarkers == false)
        let apart = [[Row("a", 1, 1), Row("b", 1, 1)], [Row("c", 1, 1)]]
        #expect(try Self.join(apart).hasSharedMarkers == false)
        #expect(try Self.join(apart + [[Row("a", 1, 1, ("A", "T"))]]).hasSharedMarkers)
    }

    @Test("counts what became of rows") func counts() throws {
        let join = try Self.join(small)
        #expect(join.cohorts.map(\.rowCount) == [3, 3, 3])
        #expect(join.cohorts.map(\.joinedCount) == [3, 3, 2])
        #expect(join.cohorts.map(\.swappedCount) == [0, 2, 1])
        #expect(join.cohorts.map(\.turnedCount) == [0, 0, 2])
        #expect(join.cohorts.map(\.ambiguousCount) == [1, 1, 0])
        #expect(join.cohorts.map(\.mismatchedCount) == [0, 0, 1])
    }

    @Test("keeps the first of rows with one key") func repeated() throws {
        var join = MarkerJoin(aligningAlleles: false)
        try join.beginCohort("a")
        #expect(try join.add("m", effect: 1, variance: 1) == .joined)
        #expect(try join.add("n", effect: 2, variance: 1) == .joined)
        #expect(try join.add("m", effect: 3, variance: 1) == .repeated(marker: 0))
        try join.beginCohort("b")
        #expect(try join.add("m", effect: 4, variance: 1) == .joined)
        #expect(join.effect(of: 0, in: 0) == 1 && join.effect(of: 0, in: 1) == 4)
        #expect(join.cohorts.map(\.repeatedCount) == [1, 0] && join.cohorts.map(\.rowCount) == [3, 1])
        #expect(join.alleles(of: 0) == nil)
    }

    @Test("keeps the first also when its alleles are others") func repeatedMismatch() throws {
        let join = try Self.join([[Row("m", 1, 1)], [Row("m", 2, 1, ("A", "G")), Row("m", 3, 1)]])
        #expect(join.effect(of: 0, in: 1) == nil)
        #expect(join.cohorts[1].mismatchedCount == 1 && join.cohorts[1].repeatedCount == 1)
    }

    @Test("gives the same batch in parts") func parts() throws {
        let join = try Self.join(Self.random(seed: 5, markers: 100, cohorts: 4))
        let whole = try join.batch()
        for markers in [0..<1, 3..<50, 90..<join.markerCount] {
            let part = try join.batch(markers)
            for (index, marker) in markers.enumerated() {
                for cohort in 0..<4 {
                    let here = part.estimates[cohort * markers.count + index]
                    let there = whole.estimates[cohort * join.markerCount + marker]
                    #expect(here == there || here.isNaN && there.isNaN)
                }
            }
        }
    }
}

// MARK: - Laws

extension MarkerJoinTests {
    static func random(seed: UInt64, markers: Int, cohorts: Int) -> [[Row]] {
        var generator = SeededGenerator(seed: seed)
        func uniform() -> Double { Double.random(in: 0..<1, using: &generator) }
        let pairs = (0..<markers).map { _ in
            [("A", "C"), ("A", "G"), ("C", "T"), ("AC", "A")].randomElement(using: &generator)!
        }
        return (0..<cohorts).map { _ in
            (0..<markers).filter { _ in uniform() > 0.2 }.map { marker in
                Row("m\(marker)", uniform() - 0.5, 0.1 + uniform(), pairs[marker])
            }
        }
    }

    /// The same effects for the alphabetically first allele, within the rounding of sums in another order.
    private func expectSame(_ first: MarkerJoin, _ second: MarkerJoin) throws {
        let (a, b) = try (Self.pooled(first), Self.pooled(second))
        #expect(a.count == b.count)
        for (key, effect) in a {
            let other = try #require(b[key])
            #expect(effect.k == other.k)
            for path in [\BatchEffect.estimate, \.standardError, \.tauSquared, \.cochranQ] {
                let (x, y) = (effect[keyPath: path], other[keyPath: path])
                #expect(abs(x - y) <= 1e-12 * max(1, abs(x)), "\(key)")
            }
        }
    }

    @Test("does not depend on the order of rows", arguments: [1, 2, 3] as [UInt64])
    func orderOfRows(seed: UInt64) throws {
        let cohorts = Self.random(seed: seed, markers: 300, cohorts: 4)
        var generator = SeededGenerator(seed: seed + 100)
        // The first cohort keeps its order, which is that of the markers.
        let shuffled = cohorts.enumerated().map { $0 == 0 ? $1 : $1.shuffled(using: &generator) }
        let (first, second) = try (Self.join(cohorts), Self.join(shuffled))
        try expectSame(first, second)
        var directions: [String: String] = [:]
        for marker in 0..<first.markerCount {
            directions[String(decoding: first.key(of: marker), as: UTF8.self)] = first.direction(of: marker)
        }
        for marker in 0..<second.markerCount {
            #expect(
                directions[String(decoding: second.key(of: marker), as: UTF8.self)] == second.direction(of: marker))
        }
    }

    @Test("permutes directions with the files, and nothing else", arguments: [4, 5] as [UInt64])
    func orderOfFiles(seed: UInt64) throws {
        let cohorts = Self.random(seed: seed, markers: 200, cohorts: 3)
        let (first, second) = try (Self.join(cohorts), Self.join([cohorts[2], cohorts[0], cohorts[1]]))
        try expectSame(first, second)
        var directions: [String: String] = [:]
        for marker in 0..<first.markerCount {
            directions[String(decoding: first.key(of: marker), as: UTF8.self)] = first.direction(of: marker)
        }
        for marker in 0..<second.markerCount {
            let text = Array(second.direction(of: marker))
            #expect(
                directions[String(decoding: second.key(of: marker), as: UTF8.self)]
                    == String([text[1], text[2], text[0]]))
        }
    }

    @Test("takes alleles either way round and from either strand", arguments: [6, 7] as [UInt64])
    func exchange(seed: UInt64) throws {
        let cohorts = Self.random(seed: seed, markers: 200, cohorts: 3)
        let opposite = ["A": "T", "C": "G", "G": "C", "T": "A"]
        let changed = cohorts.enumerated().map { index, rows in
            index == 0
                ? rows
                : rows.enumerated().map { number, row in
                    var row = row
                    if number % 2 == 0 {
                        row.effect.negate()
                        row.alleles = (row.alleles.1, row.alleles.0)
                    }
                    if number % 3 == 0, let effect = opposite[row.alleles.0], let other = opposite[row.alleles.1] {
                        row.alleles = (effect, other)
                    }
                    return row
                }
        }
        // Markers that only later cohorts have take their alleles from there.
        let known = Set(cohorts[0].map(\.key))
        func kept(_ cohorts: [[Row]]) -> [[Row]] { cohorts.map { $0.filter { known.contains($0.key) } } }
        let (first, second) = try (Self.join(kept(cohorts)), Self.join(kept(changed)))
        try expectSame(first, second)
        #expect(second.cohorts.allSatisfy { $0.mismatchedCount == 0 })
        #expect(second.cohorts[1].swappedCount > 0 && second.cohorts[1].turnedCount > 0)
        #expect((0..<first.markerCount).allSatisfy { first.direction(of: $0) == second.direction(of: $0) })
    }

    @Test func rowsNeedACohortAndAlleles() throws {
        var plain = MarkerJoin(aligningAlleles: false)
        plain.skipMissing()
        #expect(throws: MetaAnalysisError.self) { try plain.add("m", effect: 1, variance: 1) }
        #expect(throws: MetaAnalysisError.self) {
            try plain.add("m", effect: 1, variance: 1, effectAllele: "A", otherAllele: "C")
        }
        var aligned = MarkerJoin(aligningAlleles: true)
        #expect(throws: MetaAnalysisError.self) { try aligned.add("m", effect: 1, variance: 1) }
    }
}
