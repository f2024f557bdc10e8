import Testing

@testable import MetaAnalysis

@Suite("Table of a cohort")
struct CohortTableTests {
    @Test("holds NaN where there is no effect, also past its end") func absent() {
        var table = CohortTable(name: "a", markerCount: 2)
        table.set(0.5, 0.04, at: 1)
        table.set(-1, 0.09, at: 4)
        #expect((0..<6).map { table.effect(of: $0).isNaN } == [true, false, true, true, false, true])
    }

    @Test("copies any range", arguments: [0..<6, 1..<3, 3..<8, 5..<9, 7..<9, 2..<2])
    func copy(markers: Range<Int>) {
        var table = CohortTable(name: "a", markerCount: 0)
        for marker in 0..<5 { table.set(Double(marker), Double(marker) + 10, at: marker) }
        var effects = [Double](repeating: -1, count: markers.count + 1)
        var variances = effects
        table.copy(markers, to: &effects, &variances)
        for (index, marker) in markers.enumerated() {
            #expect(marker < 5 ? effects[index] == Double(marker) : effects[index].isNaN)
            #expect(marker < 5 ? variances[index] == Double(marker) + 10 : variances[index].isNaN)
        }
        #expect(effects.last == -1 && variances.last == -1)
    }
}
