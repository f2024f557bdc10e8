import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct NetworkSensitivityTests {
    // MARK: Leaving one study out

    /// Two treatments: the pairwise model without each study.
    @Test func twoTreatmentsAreThePairwiseModel() throws {
        let sample = StudySample.random(seed: 9, count: 7, varianceRatio: 10, tau: 0.4).effects
        let network = try NetworkExamples.network(sample.effects.map { ("a", "b", $0.estimate, $0.variance) })
        let result = try NetworkMetaAnalysis(reference: "b", interval: .hartungKnapp).leaveOneOut(network)
        #expect(result.omissions.map(\.omitted) == (1...7).map { "study \($0)" })
        #expect(result.diagnostics.isEmpty && result.reference == "b")
        for (index, omission) in result.omissions.enumerated() {
            let pooled = try RandomEffects(interval: .hartungKnapp).fit(
                sample.subset(sample.effects.indices.filter { $0 != index }))
            let effect = try #require(omission.effects.first)
            #expect(omission.effects.count == 1 && omission.cutOff.isEmpty)
            #expect(Tolerance.iterative.accepts(effect.estimate, pooled.estimate, scale: pooled.standardError))
            #expect(Tolerance.iterative.accepts(effect.standardError, pooled.standardError))
            #expect(
                Tolerance.iterative.accepts(
                    try #require(omission.heterogeneity).tauSquared, pooled.heterogeneity.tauSquared, scale: 0.02))
            #expect(
                Tolerance.closedForm.accepts(
                    try #require(omission.heterogeneity).cochranQ, pooled.heterogeneity.cochranQ, scale: 1))
        }
    }

    @Test func everyOmissionIsTheFitOfTheRest() throws {
        let network = try NetworkExamples.diabetes()
        let settings = NetworkMetaAnalysis(reference: "plac", heterogeneity: .derSimonianLaird)
        let result = try settings.leaveOneOut(network)
        let position = try #require(network.studies.firstIndex { $0.label == "Willms1999" })
        let fit = try settings.fit(network.subset(network.studies.indices.filter { $0 != position }))
        #expect(result.omissions[position].effects == fit.effects(versus: "plac"))
        #expect(result.omissions[position].heterogeneity == fit.heterogeneity)
        #expect(result.omissions[position].inconsistency == fit.inconsistency)
    }

    /// Two drugs were tried in a single study each.
    @Test func studiesThatCarryATreatmentAloneAreNamed() throws {
        let result = try NetworkMetaAnalysis(reference: "plac", heterogeneity: .derSimonianLaird)
            .leaveOneOut(NetworkExamples.diabetes())
        let cutting = result.omissions.filter { !$0.cutOff.isEmpty }
        #expect(cutting.map(\.omitted) == ["Garber2008", "Hermansen2007"])
        #expect(cutting.map(\.cutOff) == [["vild"], ["sita"]])
        #expect(cutting.allSatisfy { $0.effects.isEmpty && $0.heterogeneity == nil && $0.inconsistency == nil })
        #expect(
            result.diagnostics.contains {
                $0.code == .disconnectedNetwork && $0.studies == ["Garber2008", "Hermansen2007"]
            })
    }

    /// A bridge between two parts: the smaller part is cut off, of equal ones that without the reference.
    @Test func bridges() throws {
        let network = try NetworkExamples.network([
            ("a", "b", 0.5, 0.04), ("c", "d", 0.3, 0.05), ("b", "c", 0.4, 0.09), ("a", "b", 0.2, 0.09),
        ])
        let result = try NetworkMetaAnalysis(reference: "d").leaveOneOut(network)
        #expect(result.omissions.map(\.cutOff) == [[], ["d"], ["a", "b"], []])
        let other = try NetworkMetaAnalysis(reference: "a").leaveOneOut(network)
        #expect(other.omissions.map(\.cutOff) == [[], ["d"], ["c", "d"], []])
    }

    @Test func leaveOneOutNeedsAConnectedNetworkOfStudies() throws {
        let single = try NetworkExamples.network([("a", "b", 0.5, 0.04)])
        var error = #expect(throws: MetaAnalysisError.self) { try NetworkMetaAnalysis().leaveOneOut(single) }
        #expect(error?.code == .tooFewStudies)
        let apart = try NetworkExamples.network([("a", "b", 0.5, 0.04), ("c", "d", 0.5, 0.04)])
        error = #expect(throws: MetaAnalysisError.self) { try NetworkMetaAnalysis().leaveOneOut(apart) }
        #expect(error?.code == .disconnectedNetwork)
        error = #expect(throws: MetaAnalysisError.self) {
            try NetworkMetaAnalysis(reference: "x").leaveOneOut(NetworkExamples.diabetes())
        }
        #expect(error?.code == .invalidSetting)
    }

    // MARK: Subgroups

    private static func grouped(_ rows: [(String, String, Double, Double, String)]) throws -> TreatmentNetwork {
        try TreatmentNetwork(
            rows.enumerated().map { index, row in
                Contrast(
                    study: "study \(index + 1)", Treatment(row.0), versus: Treatment(row.1), estimate: row.2,
                    variance: row.3, group: row.4)
            })
    }

    private static let triangles = [
        ("a", "b", 0.5, 0.04, "old"), ("b", "c", 0.3, 0.05, "old"), ("a", "c", 1.1, 0.09, "old"),
        ("a", "b", 0.1, 0.05, "new"), ("a", "b", -0.4, 0.09, "new"), ("b", "c", 0.6, 0.07, "new"),
        ("c", "a", 0.2, 0.05, "new"), ("a", "c", 0.8, 0.03, "old"),
    ]

    @Test func everySubgroupIsTheFitOfItsStudies() throws {
        let network = try Self.grouped(Self.triangles)
        let settings = NetworkMetaAnalysis(reference: "c")
        let result = try settings.subgroups(network)
        #expect(result.subgroups.map(\.group) == ["old", "new"])
        for subgroup in result.subgroups {
            let members = network.studies.indices.filter { network.studies[$0].group == subgroup.group }
            #expect(subgroup.studies == members.map { network.studies[$0].label })
            #expect(subgroup.fit == (try settings.fit(network.subset(members))))
            #expect(subgroup.parts == [["a", "b", "c"]])
        }
        #expect(result.commonTauSquared == nil)
        #expect(result.comparisons.map(\.groups) == Array(repeating: ["old", "new"], count: 3))
        // (d₁ − d₂)² / (SE₁² + SE₂²).
        for comparison in result.comparisons {
            let effects = try result.subgroups.map {
                try #require($0.fit?.effect(of: comparison.treatment, versus: comparison.versus))
            }
            let difference = effects[0].estimate - effects[1].estimate
            let variance = effects.reduce(0) { $0 + $1.standardError * $1.standardError }
            #expect(
                Tolerance.closedForm.accepts(
                    try #require(comparison.test.statistic), difference * difference / variance, scale: 1))
            #expect(comparison.test.degreesOfFreedom == 1)
        }
    }

    /// Under a common effect Q is the sum of what lies within groups and what lies between them.
    @Test func cochranQIsTheSumOfItsParts() throws {
        let network = try Self.grouped(Self.triangles)
        let settings = NetworkMetaAnalysis(model: .common)
        let result = try settings.subgroups(network)
        let within = result.subgroups.reduce(0) { $0 + ($1.fit?.heterogeneity.cochranQ ?? .nan) }
        let total = try settings.fit(network).heterogeneity.cochranQ
        #expect(
            Tolerance.closedForm.accepts(try #require(result.betweenGroups.statistic), total - within, scale: 1))
        #expect(result.betweenGroups.degreesOfFreedom == 2)
    }

    /// Two treatments with a shared τ²: the subgroup analysis of pairwise effects.
    @Test func twoTreatmentsAreThePairwiseSubgroups() throws {
        var effects = StudySample.random(seed: 5, count: 11, varianceRatio: 8, tau: 0.5).effects
        for index in effects.effects.indices { effects.effects[index].group = index < 6 ? "x" : "y" }
        let network = try Self.grouped(
            effects.effects.map { ("a", "b", $0.estimate, $0.variance, $0.group ?? "") })
        for heterogeneity in SubgroupHeterogeneity.allCases {
            let pairwise = try RandomEffects(interval: .wald).subgroups(effects, tauSquared: heterogeneity)
            let ours = try NetworkMetaAnalysis().subgroups(network, tauSquared: heterogeneity)
            #expect((ours.commonTauSquared == nil) == (heterogeneity == .separate))
            if let shared = pairwise.commonTauSquared {
                #expect(Tolerance.iterative.accepts(try #require(ours.commonTauSquared), shared, scale: 0.02))
                #expect(ours.diagnostics.contains { $0.code == .sharedHeterogeneity })
                #expect(ours.subgroups.allSatisfy { $0.fit?.heterogeneity.estimator == .restrictedMaximumLikelihood })
            }
            let statistic = try #require(pairwise.betweenGroups.statistic)
            #expect(
                Tolerance.iterative.accepts(try #require(ours.betweenGroups.statistic), statistic, scale: 1))
            #expect(
                Tolerance.iterative.accepts(
                    try #require(ours.comparisons[0].test.statistic), statistic, scale: 1))
            // "study 10" stands before "study 2": groups come in the order of the studies.
            for group in ours.subgroups {
                let other = try #require(pairwise.subgroups.first { $0.group == group.group })
                let effect = try #require(group.fit?.effect(of: "a", versus: "b"))
                #expect(Tolerance.iterative.accepts(effect.estimate, other.estimate, scale: other.standardError))
                #expect(Tolerance.iterative.accepts(effect.standardError, other.standardError))
            }
        }
    }

    @Test func groupsThatFallApartAreNamed() throws {
        let network = try Self.grouped(
            Self.triangles + [("a", "b", 0.3, 0.1, "odd"), ("c", "d", 0.1, 0.1, "odd"), ("b", "d", 0.1, 0.2, "one")])
        let result = try NetworkMetaAnalysis(reference: "a").subgroups(network)
        let odd = try #require(result.subgroups.first { $0.group == "odd" })
        #expect(odd.fit == nil && odd.parts == [["a", "b"], ["c", "d"]])
        let apart = try #require(result.diagnostics.first { $0.code == .disconnectedNetwork })
        #expect(apart.studies == odd.studies && apart.message.contains("\"odd\""))
        // One study is a network, from which heterogeneity cannot be estimated.
        let one = try #require(result.subgroups.first { $0.group == "one" })
        #expect(one.fit?.reference == "b")
        #expect(result.diagnostics.contains { $0.code == .fewStudies && $0.message.contains("\"one\"") })
        #expect(result.diagnostics.contains { $0.code == .defaultChosen && $0.message.contains("\"one\"") })
        // 2 + 2 + 1 effects of the groups, 3 of the whole.
        #expect(result.betweenGroups.degreesOfFreedom == 2)
        #expect(result.comparisons.allSatisfy { $0.groups.count == 2 })
    }

    @Test func faultsOfGroups() throws {
        var rows = Self.triangles
        rows[2].4 = "alone"
        var network = try Self.grouped(rows)
        var error = #expect(throws: MetaAnalysisError.self) {
            try NetworkMetaAnalysis(reference: "x").subgroups(network)
        }
        #expect(error?.code == .invalidSetting)
        network = try NetworkExamples.network([("a", "b", 0.5, 0.04), ("a", "b", 0.1, 0.04)])
        error = #expect(throws: MetaAnalysisError.self) { try NetworkMetaAnalysis().subgroups(network) }
        #expect(error?.code == .missingColumn && error?.location.study == "study 1")
        network = try Self.grouped([("a", "b", 0.5, 0.04, "x"), ("a", "b", 0.1, 0.04, "y")])
        error = #expect(throws: MetaAnalysisError.self) {
            try NetworkMetaAnalysis().subgroups(network, tauSquared: .common)
        }
        #expect(error?.code == .tooFewStudies)
    }

    @Test func resultsAreCompleteRecords() throws {
        let network = try Self.grouped(Self.triangles)
        for heterogeneity in SubgroupHeterogeneity.allCases {
            let result = try NetworkMetaAnalysis().subgroups(network, tauSquared: heterogeneity)
            #expect(try JSONDecoder().decode(NetworkSubgroups.self, from: JSONEncoder().encode(result)) == result)
        }
        let result = try NetworkMetaAnalysis().leaveOneOut(network)
        #expect(try JSONDecoder().decode(NetworkLeaveOneOut.self, from: JSONEncoder().encode(result)) == result)
    }
}
