import MetaAnalysisPlots
import Testing

@Suite struct AxisTests {
    static let linear: [(Double, Double, [String])] = [
        (0, 1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]), (-2.2, 3.1, ["−2", "−1", "0", "1", "2", "3"]),
        (0, 0.00003, ["0e+00"]),
    ]

    @Test func linearTicksAreRound() {
        for (lower, upper, labels) in Self.linear.prefix(2) {
            let scale = LinearScale(from: lower, to: upper, start: 0, end: 250)
            #expect(Axis(.linear, on: scale, size: 11).ticks.map(\.label) == labels)
        }
    }

    @Test func ratioTicksAreRound() {
        func labels(_ lower: Double, _ upper: Double) -> [String] {
            let scale = LinearScale(from: lower, to: upper, start: 0, end: 250)
            return Axis(.logarithmic, on: scale, size: 11).ticks.map(\.label)
        }
        #expect(labels(-2.4, 2.4) == ["0.1", "0.2", "0.5", "1", "2", "5", "10"])
        #expect(labels(-7, 7) == ["0.001", "0.01", "0.1", "1", "10", "100", "1000"])
        #expect(labels(-0.3, 0.3).contains("1"))
    }

    @Test func labelsKeepApartAndWithin() {
        for power in -30...30 {
            var width = 1.0
            for _ in 0..<abs(power) { width *= power < 0 ? 0.1 : 10 }
            for (lower, upper) in [
                (0, width), (-width, 3 * width), (7 * width, 8 * width), (-0.37 * width, 0.11 * width),
            ] {
                let scale = LinearScale(from: lower, to: upper, start: 0, end: 250)
                let ticks = Axis(.linear, on: scale, size: 11).ticks
                #expect(!ticks.isEmpty)
                let metrics = TextMetrics(size: 11)
                for tick in ticks { #expect(scale.contains(tick.value) || abs(scale(tick.value)) < 251) }
                for (first, second) in zip(ticks, ticks.dropFirst()) {
                    let needed = (metrics.width(of: first.label) + metrics.width(of: second.label)) / 2
                    #expect(scale(second.value) - scale(first.value) > needed)
                }
            }
        }
    }

    @Test func wideAndNarrowRatios() {
        let ranges: [(Double, Double)] = [
            (-700, 700), (-1e-9, 1e-9), (0.1, 0.100001), (500, 501), (-40, -39.9), (-1200, 1200), (-1e5, 1e5),
            (650, 651),
            (-651, -650), (0, 1e19), (9e18, 1.1e19), (-1e20, 1e20), (1e300, 1.1e300), (-1e307, 1e307), (-2, 1e15),
        ]
        let metrics = TextMetrics(size: 11)
        for (lower, upper) in ranges {
            let scale = LinearScale(from: lower, to: upper, start: 0, end: 250)
            let ticks = Axis(.logarithmic, on: scale, size: 11).ticks
            #expect(!ticks.isEmpty, "\(lower) to \(upper)")
            for tick in ticks { #expect(tick.value.isFinite && scale(tick.value) > -1 && scale(tick.value) < 251) }
            #expect(Set(ticks.map(\.label)).count == ticks.count, "\(ticks)")
            for (first, second) in zip(ticks, ticks.dropFirst()) {
                let needed = (metrics.width(of: first.label) + metrics.width(of: second.label)) / 2
                #expect(scale(second.value) - scale(first.value) > needed)
            }
        }
    }

    @Test func powersBeyondAllNumbersAreWritten() {
        func labels(_ lower: Double, _ upper: Double) -> [String] {
            Axis(.logarithmic, on: LinearScale(from: lower, to: upper, start: 0, end: 250), size: 11).ticks.map(\.label)
        }
        #expect(labels(-1200, 1200) == ["1e-400", "1e-200", "1", "1e+200", "1e+400"])
        #expect(labels(0, 1e19) == ["1", "10^1e+18", "10^2e+18", "10^3e+18", "10^4e+18"])
    }

    @Test func labelsOfGreatNumbersDiffer() {
        for (lower, upper) in [(1e6, 1.00001e6), (5e9, 5.001e9), (-3e12, -2.9999e12), (1e-9, 1.01e-9)] {
            let scale = LinearScale(from: lower, to: upper, start: 0, end: 400)
            let labels = Axis(.linear, on: scale, size: 11).ticks.map(\.label)
            #expect(labels.count > 1 && Set(labels).count == labels.count, "\(labels)")
        }
    }

    @Test(arguments: 1...400)
    func countedThingsHaveWholeNumbers(count: Int) {
        let scale = LinearScale(from: 0.5, to: Double(count) + 0.5, start: 0, end: 260)
        let ticks = Axis(.whole, on: scale, size: 10, most: 14).ticks
        #expect(!ticks.isEmpty)
        for tick in ticks { #expect(tick.label == String(Int(tick.value)) && tick.value >= 1) }
        if count <= 5 { #expect(ticks.count == count) }
    }
}
