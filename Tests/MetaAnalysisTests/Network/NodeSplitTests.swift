import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct NodeSplitTests {
    private static func splits(
        _ network: TreatmentNetwork, _ method: NodeSplitting.Method = .backCalculation,
        model: NetworkMetaAnalysis = NetworkMetaAnalysis()
    ) throws -> [NodeSplit] {
        try NodeSplitting(method: method).test(network, model: model)
    }

    private static func split(_ splits: [NodeSplit], _ treatment: Treatment, _ versus: Treatment) throws -> NodeSplit {
        try #require(splits.first { $0.treatment == treatment && $0.versus == versus })
    }

    @Test(arguments: NodeSplitting.Method.allCases)
    func everyPairIsThereWithATestOrAReason(_ method: NodeSplitting.Method) throws {
        let network = DesignSample.loops
        let splits = try Self.splits(network, method)
        #expect(splits.count == 15)
        for split in splits {
            #expect((split.difference == nil) == !split.diagnostics.isEmpty)
            #expect((split.difference == nil) == (split.pValue == nil))
            #expect((split.direct == nil) == (split.studies == 0))
            guard let difference = split.difference, let error = split.standardError else { continue }
            let (direct, indirect) = (try #require(split.direct), try #require(split.indirect))
            #expect(difference == direct.estimate - indirect.estimate)
            #expect(split.statistic == difference / error)
            #expect(error > max(direct.standardError, indirect.standardError))
        }
        #expect(try Self.split(splits, "D", "E").difference == nil)
        #expect(try Self.split(splits, "A", "D").direct == nil)
        #expect(try Self.split(splits, "A", "B").difference != nil)
    }

    @Test(arguments: NodeSplitting.Method.allCases)
    func aStarHasNothingToSplit(_ method: NodeSplitting.Method) throws {
        for split in try Self.splits(DesignSample.star, method) {
            #expect(split.difference == nil)
            #expect(split.diagnostics.map(\.code) == [.notEstimable])
            if let direct = split.direct {
                #expect(split.indirect == nil)
                #expect(Tolerance.closedForm.accepts(direct.estimate, split.network.estimate))
                #expect(Tolerance.closedForm.accepts(direct.standardError, split.network.standardError))
                #expect(Tolerance.closedForm.accepts(split.proportionDirect, 1))
            } else {
                #expect(split.indirect?.estimate == split.network.estimate)
                #expect(split.proportionDirect == 0)
            }
        }
    }

    @Test(arguments: NodeSplitting.Method.allCases)
    func twoTreatmentsHaveDirectEvidenceOnly(_ method: NodeSplitting.Method) throws {
        let splits = try Self.splits(DesignSample.pair, method)
        #expect(splits.count == 1)
        #expect(splits[0].indirect == nil)
        #expect(splits[0].studies == 5)
    }

    @Test func theNetworkLiesBetweenDirectAndIndirect() throws {
        let splits = try Self.splits(DesignSample.loops)
        #expect(splits.contains { $0.direct != nil && $0.indirect != nil })
        for split in splits {
            guard let direct = split.direct, let indirect = split.indirect else { continue }
            let share = split.proportionDirect
            let mixed = share * direct.estimate + (1 - share) * indirect.estimate
            #expect(Tolerance.closedForm.accepts(mixed, split.network.estimate, scale: 0.1))
            let precision =
                1 / (direct.standardError * direct.standardError) + 1
                / (indirect.standardError * indirect.standardError)
            #expect(Tolerance.closedForm.accepts(1 / precision.squareRoot(), split.network.standardError))
        }
    }

    @Test func methodsAgreeWhereEveryStudyHasTwoArms() throws {
        let network = DesignSample.network([("AB", 2), ("AC", 3), ("BC", 2), ("CD", 2), ("BD", 1)])
        let calculated = try Self.splits(network)
        let designed = try Self.splits(network, .designBased)
        #expect(calculated.count == designed.count && calculated.contains { $0.difference != nil })
        for (one, other) in zip(calculated, designed) {
            #expect((one.difference == nil) == (other.difference == nil))
            guard let difference = one.difference, let error = one.standardError else { continue }
            #expect(Tolerance.closedForm.accepts(try #require(other.difference), difference, scale: error))
            #expect(Tolerance.closedForm.accepts(try #require(other.standardError), error))
        }
    }

    @Test func designBasedEvidenceIsTheNetworkOfTheOtherDesigns() throws {
        let network = DesignSample.loops
        let tauSquared = try NetworkMetaAnalysis().fit(network).heterogeneity.tauSquared
        #expect(tauSquared > 0)
        var compared = 0
        for split in try Self.splits(network, .designBased) where split.studies > 0 {
            let others = network.designs.filter {
                !($0.treatments.contains(split.treatment) && $0.treatments.contains(split.versus))
            }
            let rest = network.subset(others.flatMap(\.studies))
            let fit =
                rest.connectedParts.count == 1 ? try NetworkMetaAnalysis(knownTauSquared: tauSquared).fit(rest) : nil
            let effect = fit?.effect(of: split.treatment, versus: split.versus)
            guard let indirect = split.indirect else {
                #expect(effect == nil)
                continue
            }
            guard let effect else { continue }
            compared += 1
            #expect(Tolerance.closedForm.accepts(indirect.estimate, effect.estimate, scale: effect.standardError))
            #expect(Tolerance.closedForm.accepts(indirect.standardError, effect.standardError))
        }
        #expect(compared > 0)
    }

    @Test func aTriangleIsTheTestBetweenDesigns() throws {
        let network = DesignSample.triangle
        let between = try network.inconsistency().betweenDesigns
        for split in try Self.splits(network, model: NetworkMetaAnalysis(model: .common)) {
            let statistic = try #require(split.statistic)
            #expect(Tolerance.closedForm.accepts(statistic * statistic, between.q))
            #expect(Tolerance.quantile.accepts(try #require(split.pValue), try #require(between.pValue)))
        }
    }

    @Test(arguments: NodeSplitting.Method.allCases)
    func differencesAreAntisymmetric(_ method: NodeSplitting.Method) throws {
        let contrasts = DesignSample.contrasts([("AB", 2), ("AC", 3), ("BC", 2), ("ABC", 1), ("BCD", 2), ("CD", 1)])
        // The other end of the alphabet turns every pair around.
        let names: [Treatment: Treatment] = ["A": "Z", "B": "Y", "C": "X", "D": "W"]
        let mirrored = try contrasts.map {
            Contrast(
                study: $0.study, try #require(names[$0.treatment]), versus: try #require(names[$0.versus]),
                estimate: $0.estimate, variance: $0.variance)
        }
        let splits = try Self.splits(TreatmentNetwork(contrasts), method)
        let others = try Self.splits(TreatmentNetwork(mirrored), method)
        #expect(splits.contains { $0.difference != nil })
        for split in splits {
            let other = try Self.split(others, try #require(names[split.versus]), try #require(names[split.treatment]))
            let back = other.reversed
            #expect(back.studies == split.studies)
            #expect((back.difference == nil) == (split.difference == nil))
            guard let difference = split.difference, let error = split.standardError else { continue }
            #expect(Tolerance.closedForm.accepts(try #require(back.difference), difference, scale: error))
            #expect(Tolerance.closedForm.accepts(try #require(back.standardError), error))
            #expect(Tolerance.quantile.accepts(try #require(back.pValue), try #require(split.pValue)))
            #expect(split.reversed.difference == -difference)
            #expect(split.reversed.reversed == split)
        }
    }

    @Test func intervalsOfTheModelDoNotMatter() throws {
        let network = DesignSample.loops
        let wald = try Self.splits(network)
        #expect(try Self.splits(network, model: NetworkMetaAnalysis(interval: .hartungKnapp)) == wald)
    }

    @Test func aToleranceSaysWhatIsTooLittle() throws {
        let network = DesignSample.loops
        for split in try NodeSplitting(tolerance: 0.4).test(network, model: NetworkMetaAnalysis()) {
            let isBalanced = split.proportionDirect >= 0.4 && split.proportionDirect <= 0.6
            #expect((split.difference != nil) == isBalanced)
        }
        for tolerance in [-0.1, 0.5, .nan] {
            let error = #expect(throws: MetaAnalysisError.self) {
                try NodeSplitting(tolerance: tolerance).test(network, model: NetworkMetaAnalysis())
            }
            #expect(error?.code == .invalidSetting)
        }
    }
}
