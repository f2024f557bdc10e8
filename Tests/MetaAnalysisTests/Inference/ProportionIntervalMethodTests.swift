import RealModule
import Testing

@testable import MetaAnalysis

/// Numbers of meta's `metaprop(…, sm = "PLOGIT", method.ci = …)` for seven studies of `pritz1997`, as logits.
@Suite struct ProportionIntervalMethodTests {
    struct LogitCase: Sendable {
        var events: Double
        var size: Double
        var exact: [Double]
        var wilson: [Double]
        var agrestiCoull: [Double]
    }

    static let cases = [
        LogitCase(
            events: 16, size: 17, exact: [0.910539768256209, 6.50871586818399],
            wilson: [0.995534454008729, 4.54964299047085], agrestiCoull: [0.899407279774607, .infinity]),
        LogitCase(
            events: 10, size: 12, exact: [0.0634703040775544, 3.84871754674093],
            wilson: [0.208630015835725, 3.01024580903247], agrestiCoull: [0.160289138654341, 3.31729201452367]),
        LogitCase(
            events: 4, size: 8, exact: [-1.68062466630716, 1.68062466630716],
            wilson: [-1.29376597736569, 1.29376597736569], agrestiCoull: [-1.29376597736569, 1.29376597736569]),
        LogitCase(
            events: 43, size: 58, exact: [0.445498116116774, 1.71472497712442],
            wilson: [0.473560543638176, 1.63273928554453], agrestiCoull: [0.469533022145314, 1.63972465184275]),
        LogitCase(
            events: 25, size: 42, exact: [-0.270351148098846, 1.0653367025805],
            wilson: [-0.22112411083991, 0.99244907246388], agrestiCoull: [-0.221953723027009, 0.993487749192915]),
        LogitCase(
            events: 4, size: 5, exact: [-0.926762158094637, 5.28315232127107],
            wilson: [-0.508545186025276, 3.28113390826506], agrestiCoull: [-0.576965405068188, 3.87558865350991]),
        LogitCase(
            events: 6, size: 10, exact: [-1.03364489034188, 1.97781214194199],
            wilson: [-0.787648663837981, 1.59857888005431], agrestiCoull: [-0.792630793829984, 1.60624480290112]),
    ]

    @Test(arguments: cases) func agreesWithR(example: LogitCase) throws {
        let proportion = Proportion(events: example.events, size: example.size)
        let expected: [(ProportionIntervalMethod, [Double])] = [
            (.clopperPearson, example.exact), (.wilson, example.wilson), (.agrestiCoull, example.agrestiCoull),
        ]
        for (method, logits) in expected {
            let interval = try proportion.interval(method)
            for (ours, logit) in zip([interval.lower, interval.upper], logits) {
                #expect(abs(ours - 1 / (1 + .exp(-logit))) < 1e-12, "\(method)")
            }
        }
    }

    /// 30-digit quantiles of the beta distribution.
    @Test(
        arguments: [
            (16, 17, 0.75638448285509798, 0.99357781320502514), (10, 12, 0.56375206406361649, 0.96366224360132816),
            (0, 10, 0, 0.21719626750921057), (3, 10, 0.092694593938153162, 0.6058183181486713),
            (10, 10, 0.78280373249078943, 1), (1, 1000, 0.00010791880468097978, 0.0046644588087913731),
        ] as [(Double, Double, Double, Double)])
    func jeffreys(events: Double, size: Double, lower: Double, upper: Double) throws {
        let interval = try Proportion(events: events, size: size).interval(.jeffreys)
        #expect(abs(interval.lower - lower) <= 1e-12 * lower)
        #expect(abs(interval.upper - upper) <= 1e-12 * upper)
    }

    @Test(arguments: ProportionIntervalMethod.allCases, [1.0, 7, 400, 1e9])
    func intervalsHoldTheProportionAndMirror(method: ProportionIntervalMethod, size: Double) throws {
        for events in Set([0, 1, (size / 3).rounded(), size - 1, size]) where events >= 0 && events <= size {
            let interval = try Proportion(events: events, size: size).interval(method)
            #expect(interval.lower >= 0 && interval.upper <= 1 && interval.lower < interval.upper)
            #expect(interval.contains(events / size))
            let mirrored = try Proportion(events: size - events, size: size).interval(method)
            #expect(abs(interval.lower - (1 - mirrored.upper)) < 1e-14)
        }
    }

    /// With a higher level every interval grows.
    @Test(arguments: ProportionIntervalMethod.allCases) func levels(method: ProportionIntervalMethod) throws {
        let proportion = Proportion(events: 5, size: 30)
        let widths = try [0.5, 0.8, 0.95, 0.999].map { try proportion.interval(method, level: $0).width }
        #expect(widths == widths.sorted() && Set(widths).count == 4)
        #expect(throws: MetaAnalysisError.self) { try proportion.interval(method, level: 1) }
    }

    @Test func onlyProportionsHaveThem() throws {
        let proportions = [Study("a", Proportion(events: 0, size: 9)), Study("b", Proportion(events: 3, size: 9))]
        let effects = try EffectSizes(proportions, measure: .logit)
        // Without the half that the logit of nothing needs.
        #expect(try effects.proportionIntervals(.wilson)[0].lower == 0)
        #expect(try effects.proportionIntervals(.wilson)[1] == proportions[1].outcome.wilsonInterval())
        let rates = try EffectSizes([Study("a", Rate(events: 3, time: 9))], measure: .log)
        let error = #expect(throws: MetaAnalysisError.self) { try rates.proportionIntervals(.wilson) }
        #expect(error?.code == .unsupportedCombination)
    }
}
