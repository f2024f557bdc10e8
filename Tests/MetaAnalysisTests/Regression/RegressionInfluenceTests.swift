import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct RegressionInfluenceTests {
    private static let estimates = [
        -0.21252121370959853, -0.16729348911916492, 0.6563371340348365, 0.22309082562809818, 0.4526803791476257,
        0.2043180964452132, 0.4852891268392362, 0.20518008515886704, 0.20696719132712793, -0.5284948216859435,
    ]
    private static let errors = [
        0.5961754246336041, 0.5013714616548176, 0.2664315686854737, 0.6167091907063059, 0.6274966328742307,
        0.11574422645548062, 0.4216702476170203, 0.2318595094055573, 0.26883468380668335, 1.0650690907727929,
    ]
    private static let years = [2003.0, 1996, 1997, 2006, 1998, 2004, 2014, 2001, 1993, 2014]

    private static var effects: EffectSizes {
        EffectSizes(
            effects: estimates.indices.map {
                EffectSize(label: "s\($0)", estimate: estimates[$0], variance: errors[$0] * errors[$0])
            })
    }

    private static var moderators: Moderators {
        var moderators = Moderators(count: 10)
        moderators["year"] = .numbers(years)
        return moderators
    }

    /// `rstudent(rma(yi, sei^2, mods = ~ year, test = "knha"))` of metafor 3.8-1: residuals, their standard errors, ratios.
    @Test func deletedResidualsAsInR() throws {
        let found = try MetaRegression(terms: [.number("year")]).influence(Self.effects, moderators: Self.moderators)
        let expected: [(Int, Double, Double, Double)] = [
            (0, -0.459692094272, 0.4624462776, -0.994044317231), (2, 0.495690082134, 0.1608824961, 3.081069067066),
            (4, 0.195484102323, 0.5174996293, 0.377747328185), (9, -0.745848528179, 0.8501273032, -0.877337459173),
        ]
        for (index, residual, error, ratio) in expected {
            let study = found.studies[index]
            #expect(abs(try #require(study.deletedResidual) - residual) < 1e-9)
            #expect(abs(try #require(study.deletedResidualStandardError) - error) < 1e-9)
            #expect(abs(try #require(study.studentizedResidual) - ratio) < 1e-9)
        }
    }

    /// A regression without terms is the pooled effect, and so are its deleted residuals.
    @Test(arguments: IntervalMethod.allCases)
    func withoutTermsItIsThatOfThePooledEffect(interval: IntervalMethod) throws {
        for sample in try StudySample.all() where sample.effects.count > 2 {
            let pooled = try RandomEffects(interval: interval).influence(sample.effects)
            let found = try MetaRegression(terms: [], interval: interval)
                .influence(sample.effects, moderators: Moderators(count: sample.effects.count))
            for (one, other) in zip(found.studies, pooled.studies) {
                guard let ratio = other.studentizedResidual else { continue }
                #expect(
                    Tolerance.iterative.accepts(try #require(one.studentizedResidual), ratio), "\(sample) \(one.label)")
            }
        }
    }

    /// Where the others leave nothing to estimate τ² from, no residual has a standard error.
    @Test func aSaturatedRestHasNoStandardError() throws {
        var effects = Self.effects
        effects.effects.removeLast(7)
        let found = try MetaRegression(terms: [.number("year")])
            .influence(effects, moderators: Self.moderators.subset([0, 1, 2]))
        for study in found.studies {
            #expect(study.deletedResidual != nil && study.studentizedResidual == nil && study.tauSquaredDeleted == nil)
        }
        #expect(found.diagnostics.contains { $0.code == .notEstimable && $0.studies.count == 3 })
    }
}
