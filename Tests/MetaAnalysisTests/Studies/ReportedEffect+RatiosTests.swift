import Foundation
import Testing

@testable import MetaAnalysis

@Suite("Reported effects that look like ratios") struct ReportedEffectRatiosTests {
    /// Hazard ratios with intervals to two decimals, as articles print them.
    private static let ratios = [
        (0.64, 0.33, 1.22), (0.81, 0.55, 1.19), (1.35, 0.90, 2.03), (0.45, 0.21, 0.98), (0.92, 0.86, 0.98),
    ]

    private static func studies(_ numbers: [(Double, Double, Double)]) -> [Study<ReportedEffect>] {
        numbers.enumerated().map { index, row in
            Study(
                "\(index)",
                ReportedEffect(estimate: row.0, precision: .interval(lower: row.1, upper: row.2, level: 0.95)))
        }
    }

    private static func isHinted(_ numbers: [(Double, Double, Double)], _ measure: ReportedEffect.Measure = .generic)
        throws -> Bool
    {
        try EffectSizes(studies(numbers), measure: measure).diagnostics.contains {
            $0.code == .asymmetricInterval && $0.message.contains("look like ratios") && $0.severity == .warning
        }
    }

    @Test func scalesOfIntervals() {
        func scale(_ estimate: Double, _ lower: Double, _ upper: Double) -> IntervalScale? {
            IntervalScale(estimate: estimate, lower: lower, upper: upper)
        }
        #expect(scale(0.64, 0.33, 1.22) == .transformed)
        #expect(scale(0.5, 0.1, 0.9) == .difference)
        #expect(scale(1, 0.95, 1.05) == .either)
        #expect(scale(0.5, 0.1, 4.9) == .neither)
        #expect(scale(0.5, -0.1, 1.1) == nil)
        #expect(scale(0.5, 0, 1) == nil)
        #expect(scale(-0.5, -1, -0.1) == nil)
    }

    @Test func ratiosAreHintedAtUnlessTakenAsSuch() throws {
        #expect(try Self.isHinted(Self.ratios))
        #expect(try Self.isHinted(Self.ratios, .hazardRatio))
        let taken = Self.studies(Self.ratios).map { study in
            var study = study
            study.outcome.form = .ratio
            return study
        }
        #expect(try EffectSizes(taken, measure: .hazardRatio).diagnostics.map(\.code) == [.converted])
        // Their logarithms.
        #expect(try !Self.isHinted(Self.ratios.map { (log($0.0), log($0.1), log($0.2)) }))
    }

    /// Seeded: exact ratios of every width that can be told apart, and differences far from 0, near it and around it.
    @Test(arguments: Array(1...40))
    func differencesAreNot(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var (differences, positive, exponentials):
            ([(Double, Double, Double)], [(Double, Double, Double)], [(Double, Double, Double)]) =
                ([], [], [])
        for _ in 0..<8 {
            let error = 0.2 + 0.3 * generator.nextUniform()
            let effect = generator.nextNormal()
            differences.append((effect, effect - 2 * error, effect + 2 * error))
            positive.append((5 * error, 3 * error, 7 * error))
            exponentials.append((exp(effect), exp(effect - 2 * error), exp(effect + 2 * error)))
        }
        #expect(try !Self.isHinted(differences))
        #expect(try !Self.isHinted(positive))
        #expect(try Self.isHinted(exponentials))
    }

    @Test func littleOrMixedEvidenceIsNotEnough() throws {
        #expect(try !Self.isHinted([Self.ratios[0]]))
        #expect(try !Self.isHinted([(1, 0.95, 1.05), (1.1, 1.02, 1.19), (0.97, 0.93, 1.01)]))
        #expect(try !Self.isHinted(Self.ratios + [(0.5, 0.1, 0.9)]))
        #expect(try !Self.isHinted(Self.ratios + [(-0.5, -0.9, -0.1)]))
        let others = (0..<5).map { Study("v\($0)", ReportedEffect(estimate: 0.7, precision: .variance(0.1))) }
        #expect(try EffectSizes(others, measure: .generic).diagnostics.isEmpty)
    }

    /// Numbers of articles under the name of an effect on the analysis scale.
    @Test func proportionsAndCorrelationsAreHintedAtToo() throws {
        let proportions = [(0.22, 0.15, 0.31), (0.35, 0.27, 0.44), (0.12, 0.07, 0.20)]
        let correlations = [(0.88, 0.79, 0.93), (0.81, 0.70, 0.88), (0.72, 0.55, 0.83)]
        func doubt(_ numbers: [(Double, Double, Double)], _ code: String) throws -> Diagnostic? {
            Self.studies(numbers).doubtOfScale(try #require(MeasureDescription.find(code)))
        }
        #expect(try doubt(proportions, "PLO")?.message.contains("proportions in the column proportion") == true)
        #expect(try doubt(correlations, "ZCOR")?.message.contains("correlations in the column ri") == true)
        #expect(try doubt(proportions, "PR") == nil)
        // Logits and values of Fisher's z, each with its interval of 1.96 standard errors.
        let transformed = [(-1.2, -1.6, -0.8), (0.4, 0.1, 0.7), (-0.3, -0.9, 0.3)]
        #expect(try doubt(transformed, "PLO") == nil)
        #expect(try doubt([(1.2, 0.9, 1.5), (0.6, 0.4, 0.8), (0.9, 0.5, 1.3)], "ZCOR") == nil)
    }
}
