import MetaAnalysis
import Testing

/// Numbers of R's `binom.test` and `prop.test(correct = FALSE)`.
@Suite struct ProportionIntervalsTests {
    struct Case: Sendable {
        var events: Double
        var size: Double
        var level = 0.95
        var exact: [Double]
        var wilson: [Double]
    }

    static let cases = [
        Case(events: 0, size: 36, exact: [0, 0.097393755914491953], wilson: [0, 0.096418628594463623]),
        Case(
            events: 4, size: 35, exact: [0.032031169029098, 0.26737804371924512],
            wilson: [0.04535179333097359, 0.2595146864621381]),
        Case(
            events: 11, size: 31, exact: [0.19226743442597793, 0.54630439804936159],
            wilson: [0.21116659093865406, 0.5305204593563112]),
        Case(events: 36, size: 36, exact: [0.90260624408550805, 1], wilson: [0.90358137140553629, 1]),
        Case(
            events: 1, size: 1000, exact: [2.5317487491294069e-05, 0.005558924279826627],
            wilson: [0.00017654637062607817, 0.0056425585979579338]),
        Case(
            events: 3, size: 10, level: 0.9, exact: [0.087264433914150272, 0.60662421610541339],
            wilson: [0.12687658390319789, 0.55830020413016479]),
    ]

    @Test(arguments: cases)
    func agreesWithR(example: Case) throws {
        let proportion = Proportion(events: example.events, size: example.size)
        let exact = try proportion.exactInterval(level: example.level)
        let wilson = try proportion.wilsonInterval(level: example.level)
        for (ours, reference) in zip(
            [exact.lower, exact.upper, wilson.lower, wilson.upper], example.exact + example.wilson)
        {
            #expect(abs(ours - reference) <= 1e-10 * reference)
        }
    }

    /// Swapping events and non-events mirrors both intervals.
    @Test func mirrors() throws {
        for events in 0...20 {
            let proportion = Proportion(events: Double(events), size: 20)
            let mirrored = Proportion(events: Double(20 - events), size: 20)
            let exact = (try proportion.exactInterval(), try mirrored.exactInterval())
            let wilson = (try proportion.wilsonInterval(), try mirrored.wilsonInterval())
            #expect(abs(exact.0.lower - (1 - exact.1.upper)) < 1e-14)
            #expect(abs(wilson.0.upper - (1 - wilson.1.lower)) < 1e-14)
        }
    }

    @Test(arguments: [(3.0, 2.0, 0.95), (-1, 2, 0.95), (0, 0, 0.95), (.nan, 3, 0.95), (1, 2, 1)])
    func refusesWhatIsNoProportion(events: Double, size: Double, level: Double) {
        let proportion = Proportion(events: events, size: size)
        #expect(throws: MetaAnalysisError.self) { try proportion.exactInterval(level: level) }
        #expect(throws: MetaAnalysisError.self) { try proportion.wilsonInterval(level: level) }
    }
}
