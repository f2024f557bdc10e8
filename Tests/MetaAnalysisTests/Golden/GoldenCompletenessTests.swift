import MetaAnalysisFixtures
import Testing

@testable import MetaAnalysis

/// Fails when something the library offers has no reference value in the package.
@Suite struct GoldenCompletenessTests {
    private struct Point: Hashable, CustomStringConvertible {
        var measure: String
        var method: String
        var test: String

        var description: String { "\(measure) \(method) \(test)" }
    }

    private static func cases(of families: Set<String>) throws -> [(family: String, case: GoldenCase)] {
        try GoldenFolder.ofPackage().files.filter { families.contains($0.content.family) }
            .flatMap { file in file.content.cases.map { (file.content.family, $0) } }
            .filter { $0.1.error == nil && !$0.1.expected.isEmpty }
    }

    @Test func everyMeasureEstimatorAndIntervalHasARow() throws {
        var present: Set<Point> = []
        for (_, one) in try Self.cases(of: ["uni", "alt", "grid"]) {
            guard let method = one.method, let test = one.test else { continue }
            present.insert(Point(measure: one.measure ?? "GEN", method: method, test: test))
        }
        let tests: [IntervalMethod: String] = [
            .wald: "z", .t: "t", .hartungKnapp: "knha", .hartungKnappTruncated: "adhoc",
        ]
        var missing: [Point] = []
        for measure in MeasureDescription.all.map(\.code) where !Self.withoutFits.contains(measure) {
            for method in ["EE"] + HeterogeneityEstimator.allCases.map(\.rawValue) {
                for interval in IntervalMethod.allCases {
                    let point = Point(measure: measure, method: method, test: try #require(tests[interval]))
                    if !present.contains(point) { missing.append(point) }
                }
            }
        }
        #expect(missing.isEmpty, "\(missing.count) without a row")
    }

    /// Measures with effects to compare, and worked examples, but no fits of R: a fit knows nothing of them but numbers.
    private static let withoutFits: Set = [
        "PCOR", "ZPCOR", "SPCOR", "ZSPCOR", "R2", "ZR2", "R2F", "ZR2F", "CLES", "AUC", "DOR", "VE",
    ]

    /// R at hand does not have them: by hand and by simulation in `DeterminationTests` and `SamplingVarianceLawTests`.
    private static let withoutEffects: Set = ["R2F", "ZR2F"]

    @Test func everyMeasureHasEffects() throws {
        let present = Set(try Self.cases(of: ["escalc"]).compactMap(\.case.measure))
        // As reported: no formula of R to compare with but the logarithms in the grid.
        let given: Set<OutcomeKind> = [.reported, .logRank, .superiority]
        let missing = MeasureDescription.all.filter {
            !present.contains($0.code) && !given.contains($0.kind) && !Self.withoutEffects.contains($0.code)
        }.map(\.code)
        #expect(missing.isEmpty)
    }

    @Test func everyVarianceVariantHasEffects() throws {
        let calls = try Self.cases(of: ["escalc"]).map { try RExpression($0.case.call) }
        for measure in MeasureDescription.all
        where measure.kind != .superiority && !Self.withoutEffects.contains(measure.code) {
            for variance in measure.variances.dropFirst() {
                #expect(
                    calls.contains { $0["measure"]?.text == measure.code && $0["vtype"]?.text == variance.rawValue },
                    "\(measure.code) \(variance.rawValue)")
            }
            if measure.hasBiasCorrection {
                #expect(
                    calls.contains { $0["measure"]?.text == measure.code && $0["correct"]?.logical == false },
                    "\(measure.code) uncorrected")
            }
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func everyEstimatorHasIntervalsOfTauSquared(_ estimator: HeterogeneityEstimator) throws {
        let present = Set(
            try Self.cases(of: ["confint"]).filter { $0.case.method == estimator.rawValue }.compactMap(\.case.type))
        // DLIT and SJIT are another way to the τ² of PM, and R has the same Q-profile interval for all.
        if estimator == .derSimonianLairdIterated || estimator == .sidikJonkmanIterated { return }
        let isGeneralized = estimator == .generalizedQ || estimator == .generalizedQMedian
        #expect(present.contains(isGeneralized ? "GENQ" : "QP"))
        if estimator.maximizesLikelihood { #expect(present.isSuperset(of: ["PL", "HT"])) }
    }

    @Test func everyCountPoolingHasARow() throws {
        let present = Set(try Self.cases(of: ["mh"]).compactMap(\.case.measure))
        #expect(present.isSuperset(of: ["OR", "RR", "RD", "IRR", "IRD", "PETO"]))
    }

    @Test func everyWeightingHasARow() throws {
        let calls = try Self.cases(of: ["uni"]).map { try RExpression($0.case.call) }
        #expect(calls.contains { $0["weights"] != nil })
        #expect(calls.contains { $0["weighted"]?.logical == false })
    }
}
