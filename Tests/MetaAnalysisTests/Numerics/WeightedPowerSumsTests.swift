import Testing

@testable import MetaAnalysis

@Suite struct WeightedPowerSumsTests {
    private static let values: [(weight: Double, response: Double)] = (0..<37).map { (index: Int) in
        let variance = 0.5 + Double(index % 7)
        let response = Double((index * 11) % 13) - 3
        return (weight: 1 / variance, response: response)
    }

    private static func sums(from point: Double) -> WeightedPowerSums<Double> {
        var sums = WeightedPowerSums<Double>()
        for value in values { sums.add(weight: value.weight, distance: value.response - point) }
        return sums
    }

    /// Against the k × k projection.
    @Test(arguments: [0, 2.5, -7])
    func areThoseOfTheProjection(_ point: Double) {
        let count = Self.values.count
        let total = Self.values.reduce(0) { $0 + $1.weight }
        func entry(_ row: Int, _ column: Int) -> Double {
            let product = Self.values[row].weight * Self.values[column].weight / total
            return (row == column ? Self.values[row].weight : 0) - product
        }
        func times(_ vector: [Double]) -> [Double] {
            (0..<count).map { row in (0..<count).reduce(0) { $0 + entry(row, $1) * vector[$1] } }
        }
        func product(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
        let responses = Self.values.map(\.response)
        let once = times(responses)
        let twice = times(once)
        var squares = 0.0
        for row in 0..<count { for column in 0..<count { squares += entry(row, column) * entry(row, column) } }

        let sums = Self.sums(from: point)
        func agree(_ value: Double, _ reference: Double) -> Bool { abs(value - reference) <= 1e-12 * abs(reference) }
        #expect(agree(point + sums.mean, Self.values.reduce(0) { $0 + $1.weight * $1.response } / total))
        #expect(agree(sums.quadraticForm, product(responses, once)))
        #expect(agree(sums.squaredQuadraticForm, product(once, once)))
        #expect(agree(sums.cubedQuadraticForm, product(once, twice)))
        #expect(agree(sums.traceP, (0..<count).reduce(0) { $0 + entry($1, $1) }))
        #expect(agree(sums.tracePP, squares))
    }

    /// Few values are added one by one, many four at a time, and the lanes of a vector are apart.
    @Test(arguments: [1, 3, 15, 16, 17, 18, 19, 20, 37])
    func doNotDependOnTheWayOfAdding(_ count: Int) {
        let values = Self.values.prefix(count)
        var expected = WeightedPowerSums<Double>()
        var lanes = WeightedPowerSums<SIMD4<Double>>()
        for value in values {
            let weight = 1 / (1 / value.weight + 0.25)
            expected.add(weight: weight, distance: value.response - 1)
            lanes.add(weight: SIMD4(weight, 1, 2, 3), distance: SIMD4(value.response - 1, 1, 1, 1))
        }
        #expect(lanes[0].quadraticForm == expected.quadraticForm)
        #expect(lanes[0].cubedQuadraticForm == expected.cubedQuadraticForm)
        let found = values.map(\.response).withUnsafeBufferPointer { responses in
            values.map { 1 / $0.weight }.withUnsafeBufferPointer { variances in
                WeightedPowerSums<Double>(responses, variances, tauSquared: 0.25, from: 1)
            }
        }
        for (sum, reference) in [
            (found.w, expected.w), (found.ww, expected.ww), (found.www, expected.www), (found.wd, expected.wd),
            (found.wwd, expected.wwd), (found.wwwd, expected.wwwd), (found.wdd, expected.wdd),
            (found.wwdd, expected.wwdd), (found.wwwdd, expected.wwwdd),
        ] { #expect(abs(sum - reference) <= 1e-14 * values.reduce(0) { $0 + abs($1.response) + 1 }) }
    }
}
