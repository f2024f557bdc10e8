import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Agreement with R is in the golden cases `robust` of *.reg.
@Suite struct ClusterRobustFitTests {
    private static func clustered() throws -> (effects: EffectSizes, moderators: Moderators) {
        var (effects, moderators) = try MetaRegressionTests.trials()
        for index in effects.effects.indices { effects.effects[index].cluster = "c\(index % 7)" }
        moderators["shifted"] = .numbers(
            (0..<effects.count).map { index in
                guard case .number(let value)? = moderators.value("ablat", at: index) else { return nil }
                return 100 - 3 * value
            })
        return (effects, moderators)
    }

    /// Clusters of equal size and effects of equal variance: the variance of the mean is that of the cluster means over their number,
    /// with one degree of freedom less.
    @Test func equalClustersAreTheirMeans() throws {
        let values: [[Double]] = [[1, 3], [2, 2], [6, 4], [0, 1]]
        let effects = EffectSizes(
            effects: values.enumerated().flatMap { cluster, pair in
                pair.map { EffectSize(label: "s", estimate: $0, variance: 2, cluster: "\(cluster)") }
            })
        let fit = try MetaRegression(terms: [], knownTauSquared: 0.5)
            .clusterRobust(effects, moderators: Moderators(count: 8))
        let means = values.map { ($0[0] + $0[1]) / 2 }
        let mean = means.reduce(0, +) / 4
        let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (4 * 3)
        #expect(Tolerance.closedForm.accepts(fit.coefficients[0].estimate, mean))
        #expect(Tolerance.closedForm.accepts(fit.covariance[0][0], variance))
        #expect(Tolerance.closedForm.accepts(try #require(fit.coefficients[0].degreesOfFreedom), 3))
        #expect(fit.diagnostics.contains { $0.code == .fewStudies })
    }

    /// Effects that are clusters of their own: Σ w²e² (Σ w)⁻², with CR1 times k / (k − 1).
    @Test func singleEffectsAreTheirOwnClusters() throws {
        var (effects, _) = try Self.clustered()
        for index in effects.effects.indices { effects.effects[index].cluster = "\(index)" }
        let moderators = Moderators(count: effects.count)
        let model = MetaRegression(terms: [], heterogeneity: .derSimonianLaird)
        let plain = try model.fit(effects, moderators: moderators)
        let weights = effects.effects.map { 1 / ($0.variance + plain.heterogeneity.tauSquared) }
        let total = weights.reduce(0, +)
        let meat = zip(weights, effects.effects).reduce(0) { sum, pair in
            let residual = pair.1.estimate - plain.coefficients[0].estimate
            return sum + pair.0 * pair.0 * residual * residual
        }
        let none = try model.clusterRobust(effects, moderators: moderators, correction: .none)
        let one = try model.clusterRobust(effects, moderators: moderators, correction: .degreesOfFreedom)
        #expect(Tolerance.closedForm.accepts(none.covariance[0][0], meat / (total * total)))
        #expect(Tolerance.closedForm.accepts(one.covariance[0][0], meat / (total * total) * 13 / 12))
        #expect(none.diagnostics.contains { $0.code == .unusualCombination })
        #expect(one.coefficients[0].degreesOfFreedom == 12)
    }

    /// Another unit of a moderator, another order of studies, other names of clusters: the same statistics and degrees of freedom.
    @Test(arguments: ClusterCorrection.allCases)
    func unitsOrderAndNamesDoNotMatter(_ correction: ClusterCorrection) throws {
        let (effects, moderators) = try Self.clustered()
        let one = try MetaRegression(terms: [.number("ablat"), .number("year")])
            .clusterRobust(effects, moderators: moderators, correction: correction)
        let order = Array((0..<effects.count).reversed())
        var turned = effects.subset(order)
        for index in turned.effects.indices { turned.effects[index].cluster? += "!" }
        let other = try MetaRegression(terms: [.number("shifted"), .number("year")])
            .clusterRobust(turned, moderators: moderators.subset(order), correction: correction)
        let (slope, turnedSlope) = (one.coefficients[1], other.coefficients[1])
        #expect(
            Tolerance.iterative.accepts(-(try #require(turnedSlope.statistic)), try #require(slope.statistic), scale: 1)
        )
        #expect(
            Tolerance.iterative.accepts(
                try #require(turnedSlope.degreesOfFreedom), try #require(slope.degreesOfFreedom)))
        #expect(
            Tolerance.iterative.accepts(
                try #require(other.omnibusTest.statistic), try #require(one.omnibusTest.statistic)))
        #expect(
            Tolerance.iterative.accepts(
                try #require(other.omnibusTest.denominatorDegreesOfFreedom),
                try #require(one.omnibusTest.denominatorDegreesOfFreedom)))
    }

    /// Of one coefficient the omnibus test is the square of its t.
    @Test func oneCoefficientIsTestedAlike() throws {
        let (effects, moderators) = try Self.clustered()
        let fit = try MetaRegression(terms: [.number("ablat")]).clusterRobust(effects, moderators: moderators)
        let slope = fit.coefficients[1]
        let statistic = try #require(slope.statistic)
        #expect(Tolerance.closedForm.accepts(try #require(fit.omnibusTest.statistic), statistic * statistic))
        #expect(
            Tolerance.iterative.accepts(
                try #require(fit.omnibusTest.denominatorDegreesOfFreedom), try #require(slope.degreesOfFreedom)))
        #expect(Tolerance.iterative.accepts(try #require(fit.omnibusTest.pValue), try #require(slope.pValue)))
    }

    @Test(arguments: [400, -400])
    func sizesDoNotMatter(_ exponent: Int) throws {
        let (effects, moderators) = try Self.clustered()
        let model = MetaRegression(terms: [.number("ablat")])
        let one = try model.clusterRobust(effects, moderators: moderators)
        let other = try model.clusterRobust(effects.scaled(byPowerOfTwo: exponent), moderators: moderators)
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        for (left, right) in zip(one.coefficients, other.coefficients) {
            #expect(Tolerance.closedForm.accepts(right.standardError / factor, left.standardError))
            #expect(Tolerance.closedForm.accepts(try #require(right.statistic), try #require(left.statistic)))
        }
    }

    /// A level that one cluster alone has is fitted exactly: its effect has no robust error, and says so instead of a test.
    @Test func aLevelOfOneCluster() throws {
        var (effects, moderators) = try Self.clustered()
        for index in effects.effects.indices { effects.effects[index].cluster = index == 0 ? "alone" : "c\(index % 4)" }
        moderators["alone"] = .texts(effects.effects.map { $0.cluster == "alone" ? "yes" : "no" })
        let fit = try MetaRegression(terms: [.factor("alone", reference: "yes")])
            .clusterRobust(effects, moderators: moderators)
        #expect(fit.coefficients[0].pValue == nil && fit.coefficients[0].standardError < 1e-6)
        #expect(fit.coefficients[1].pValue != nil)
        #expect(fit.diagnostics.contains { $0.code == .fewStudies })
    }

    @Test func clustersThatCannotBeAreNamed() throws {
        var (effects, moderators) = try Self.clustered()
        let model = MetaRegression(terms: [.number("ablat"), .number("year")])
        func code(_ correction: ClusterCorrection) -> MetaAnalysisError.Code? {
            do {
                _ = try model.clusterRobust(effects, moderators: moderators, correction: correction)
                return nil
            } catch { return (error as? MetaAnalysisError)?.code }
        }
        for index in effects.effects.indices { effects.effects[index].cluster = "c\(index % 3)" }
        #expect(code(.degreesOfFreedom) == .tooFewStudies)
        #expect(code(.none) == .tooFewStudies)
        #expect(code(.biasReduced) == nil)
        for index in effects.effects.indices { effects.effects[index].cluster = "same" }
        #expect(code(.biasReduced) == .tooFewStudies)
        effects.effects[4].cluster = nil
        #expect(code(.biasReduced) == .missingColumn)
    }
}
