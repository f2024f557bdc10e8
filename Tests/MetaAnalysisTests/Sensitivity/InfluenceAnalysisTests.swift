import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct InfluenceAnalysisTests {
    private static let wald = RandomEffects(heterogeneity: .derSimonianLaird, interval: .wald)

    private static func bcg() throws -> EffectSizes {
        let sample = try #require(try StudySample.classical().first { $0.name == "bcg" })
        return sample.effects
    }

    /// metafor 3.8-1: influence(rma(yi, vi, method="DL", test="knha")), the risk ratios of dat.bcg.
    @Test func hartungKnappScalesVariances() throws {
        let studies = try RandomEffects(heterogeneity: .derSimonianLaird).influence(Self.bcg()).studies
        let expected: [(Int, [Double])] = [
            (0, [-0.21414035, -0.04780757, 0.00247637, 1.14512763, -0.04772458]),
            (3, [-1.46256020, -0.57416565, 0.27885724, 0.98978943, -0.56015150]),
            (7, [1.47831821, 0.46441533, 0.17675717, 0.99303762, 0.44724850]),
        ]
        for (index, values) in expected {
            let study = studies[index]
            let ours = [
                study.studentizedResidual, study.dffits, study.cooksDistance, study.covarianceRatio, study.dfbetas,
            ]
            for (value, reference) in zip(ours, values) { #expect(abs((value ?? .nan) - reference) < 6e-9) }
        }
        #expect(abs((studies[1].standardizedResidual ?? .nan) + 1.26900132) < 6e-9)
    }

    /// As above with weighted=FALSE and test="z".
    @Test func equalWeights() throws {
        var model = Self.wald
        model.weighting = .equal
        let study = try model.influence(Self.bcg()).studies[11]
        let ours = [study.studentizedResidual, study.dffits, study.cooksDistance, study.covarianceRatio, study.hat]
        for (value, reference) in zip(ours, [1.37203174, 0.52441488, 0.27538048, 1.01052186, 0.07692308]) {
            #expect(abs((value ?? .nan) - reference) < 6e-9)
        }
        #expect(abs((study.standardizedResidual ?? .nan) - 1.37255714) < 6e-9)
    }

    /// By hand: y = 0, 2 with v = 1 and a common effect.
    @Test func twoStudiesUnderACommonEffect() throws {
        let sample = StudySample("two", estimates: [0, 2], variances: [1, 1])
        let study = try CommonEffect().influence(sample.effects).studies[0]
        let root = 2.0.squareRoot()
        let byHand: [(Double?, Double)] = [
            (study.studentizedResidual, -root), (study.cooksDistance, 2), (study.covarianceRatio, 2), (study.hat, 0.5),
            (study.dffits, -root), (study.dfbetas, -root),
        ]
        for (ours, value) in byHand { #expect(Tolerance.closedForm.accepts(ours ?? .nan, value)) }
        #expect(study.isInfluential == true)
    }

    @Test func oneStudyLeftSaysNothingOfItsVariance() throws {
        let sample = StudySample("two", estimates: [0, 2], variances: [1, 1])
        let found = try Self.wald.influence(sample.effects)
        for study in found.studies {
            #expect(study.tauSquaredDeleted == nil && study.studentizedResidual == nil && study.dffits == nil)
            #expect(study.covarianceRatio == nil && study.dfbetas == nil)
            #expect(study.cooksDistance != nil && study.qDeleted == 0)
        }
        #expect(found.diagnostics.map(\.studies) == [["study 1", "study 2"]])
        // Where τ² is given one study is enough.
        let given = try RandomEffects(interval: .wald, knownTauSquared: 0.5).influence(sample.effects)
        #expect(given.studies.allSatisfy { $0.studentizedResidual != nil } && given.diagnostics.isEmpty)
    }

    @Test func oneStudyHasNoMeasure() throws {
        let sample = StudySample("one", estimates: [1], variances: [1])
        for model in [Self.wald, CommonEffect()] as [any PoolingModel] {
            let found = try model.influence(sample.effects)
            #expect(found.studies[0].hat == 1 && found.studies[0].cooksDistance == nil)
            #expect(found.studies[0].isInfluential == nil && found.limits.dffits == nil)
            #expect(found.diagnostics.map(\.code) == [.notEstimable])
        }
    }

    private static let equalEffects = [1, 2, 3, 6].map {
        StudySample(
            "\($0) equal", estimates: Array(repeating: 0.4, count: $0), variances: (1...$0).map { 0.1 * Double($0) })
    }

    /// Effects that are equal, whatever the interval: numbers or nothing with a reason, never NaN.
    @Test(arguments: equalEffects + StudySample.random)
    func everyNumberIsFinite(_ sample: StudySample) throws {
        for model in EquivarianceLawTests.allModels {
            let found = try model.influence(sample.effects)
            for study in found.studies {
                let numbers = [
                    study.standardizedResidual, study.studentizedResidual, study.dffits, study.cooksDistance,
                    study.covarianceRatio, study.tauSquaredDeleted, study.qDeleted, study.hat, study.weight,
                    study.dfbetas,
                ]
                #expect(numbers.allSatisfy { $0?.isFinite ?? true }, "\(model)")
                if numbers.contains(nil) {
                    #expect(found.diagnostics.contains { $0.studies.contains(study.label) }, "\(model)")
                }
            }
            let coordinates = try model.baujat(sample.effects)
            #expect(
                coordinates.studies.allSatisfy {
                    ($0.heterogeneity?.isFinite ?? true) && ($0.influence?.isFinite ?? true)
                })
        }
    }

    @Test func countModels() throws {
        let tables = RandomStudies.sparseTables(seed: 2)
        let effects = try EffectSizes(
            tables, measure: .oddsRatio,
            settings: EffectSettings(correction: .never))
        let pooled = try MantelHaenszel().fit(effects)
        let found = try MantelHaenszel().influence(effects)
        #expect(found.studies.map(\.label) == tables.map(\.label))
        #expect(pooled.studies.contains { $0.estimate == nil })
        for (study, own) in zip(found.studies, pooled.studies) where own.estimate == nil {
            #expect(study.studentizedResidual == nil)
        }
        #expect(found.studies.contains { $0.studentizedResidual != nil })
    }

    /// metafor 3.8-1: rstandard and rstudent of rma.mh(measure="OR") on dat.bcg take √v and √(v + SE₋²).
    @Test func residualsOfCounts() throws {
        let tables = [
            Study("A", TwoByTwoTable(events: 4, of: 123, versus: 11, of: 139)),
            Study("B", TwoByTwoTable(events: 6, of: 306, versus: 29, of: 303)),
            Study("C", TwoByTwoTable(events: 3, of: 231, versus: 11, of: 220)),
        ]
        let effects = try EffectSizes(tables, measure: .oddsRatio)
        let pooled = try MantelHaenszel().fit(effects)
        let without = try #require(MantelHaenszel().leaveOneOut(effects).omissions[0].fit.estimate)
        let error = try #require(MantelHaenszel().leaveOneOut(effects).omissions[0].fit.standardError)
        let study = try MantelHaenszel().influence(effects).studies[0]
        let effect = effects.effects[0]
        let standardized = (effect.estimate - pooled.estimate) / effect.standardError
        let studentized = (effect.estimate - without) / (effect.variance + error * error).squareRoot()
        #expect(Tolerance.closedForm.accepts(study.standardizedResidual ?? .nan, standardized))
        #expect(Tolerance.closedForm.accepts(study.studentizedResidual ?? .nan, studentized))
    }
}
