import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TreatmentNetworkTests {
    private static func contrast(
        _ study: String, _ one: Treatment, _ other: Treatment, _ estimate: Double = 1, variance: Double = 1,
        row: Int? = nil
    ) -> Contrast {
        Contrast(study: study, one, versus: other, estimate: estimate, variance: variance, row: row)
    }

    /// Two parts: A to D with a three-arm study, and X with Y.
    private static let contrasts = [
        contrast("s4", "Y", "X", 3, row: 9), contrast("s3", "D", "C", 1, row: 8),
        contrast("s2", "C", "A", -2, variance: 2, row: 5), contrast("s2", "B", "A", -1, variance: 2, row: 4),
        contrast("s2", "B", "C", 1, variance: 2, row: 6), contrast("s1", "A", "B", 1.5, row: 2),
        contrast("s5", "B", "A", 0.5, row: 7),
    ]

    private func network() throws -> TreatmentNetwork { try TreatmentNetwork(Self.contrasts) }

    // MARK: Structure

    @Test func treatmentsStudiesAndPairsStandInTheOrderOfTheirNames() throws {
        let network = try network()
        #expect(network.treatments == ["A", "B", "C", "D", "X", "Y"])
        #expect(network.studies.map(\.label) == ["s1", "s2", "s3", "s4", "s5"])
        #expect(network.studies.map(\.row) == [2, 4, 8, 9, 7])
        #expect(network.studies.map(\.arms) == [[0, 1], [0, 1, 2], [2, 3], [4, 5], [0, 1]])
        #expect(network.studies[1].pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
        // Written as B versus A, read as A minus B.
        #expect(network.studies[1].pairs.map(\.estimate) == [1, 2, 1])
        #expect(network.studies[3].pairs.map(\.estimate) == [-3])
        #expect(network.studies.allSatisfy { $0.sizes == nil && $0.group == nil })
        #expect(
            network.measure == "GEN" && network.scale == .identity && network.settings == nil && network.arms == nil)
        #expect(network.diagnostics.isEmpty && network.excluded.isEmpty)
    }

    @Test func counts() throws {
        let network = try network()
        #expect(network.comparisonCount == 7)
        #expect(network.index(of: "C") == 2 && network.index(of: "c") == nil)
        let part = network.parts[0]
        #expect(part.degreesOfFreedom == 2)
    }

    @Test func designsAreSetsOfTreatments() throws {
        let designs = try network().designs
        #expect(designs.map(\.name) == ["A:B", "A:B:C", "C:D", "X:Y"])
        #expect(designs.map(\.studies) == [[0, 4], [1], [2], [3]])
        #expect(designs[1].treatments == ["A", "B", "C"])
    }

    @Test func componentsAreThePartsThatNoStudyLinks() throws {
        let network = try network()
        #expect(network.connectedParts == [["A", "B", "C", "D"], ["X", "Y"]])
        let parts = network.parts
        #expect(parts.map(\.treatments) == network.connectedParts)
        #expect(parts.map { $0.studies.map(\.label) } == [["s1", "s2", "s3", "s5"], ["s4"]])
        #expect(parts[1].studies[0].arms == [0, 1] && parts[1].studies[0].pairs[0].second == 1)
        #expect(parts[0].parts == [parts[0]])
        // Of parts of one size the one whose first treatment stands first.
        let equal = try TreatmentNetwork([
            Self.contrast("1", "C", "B"), Self.contrast("2", "D", "A"), Self.contrast("3", "E", "F"),
        ])
        #expect(equal.connectedParts == [["A", "D"], ["B", "C"], ["E", "F"]])
    }

    @Test func aDisconnectedNetworkNamesItsParts() throws {
        let error = try #require(throws: MetaAnalysisError.self) { try network().requireConnected() }
        #expect(error.code == .disconnectedNetwork)
        #expect(
            error.message == "the network falls into 2 parts that no study links: {A, B, C, D}, {X, Y}")
        #expect(error.remedy.contains("--per-component"))
        let many = try TreatmentNetwork(
            (1...7).map { Self.contrast("\($0)", Treatment("a\($0)"), Treatment("b\($0)")) })
        let longer = try #require(throws: MetaAnalysisError.self) { try many.requireConnected() }
        #expect(longer.message.hasSuffix("{a5, b5} and 2 more"))
    }

    @Test func aSubsetHasItsOwnTreatments() throws {
        let network = try network()
        let subset = network.subset([2, 1])
        #expect(subset.treatments == ["A", "B", "C", "D"])
        #expect(subset.studies.map(\.label) == ["s2", "s3"])
        #expect(try subset == TreatmentNetwork(Self.contrasts.filter { ["s2", "s3"].contains($0.study) }))
        #expect(try network.subset([3]) == TreatmentNetwork([Self.contrasts[0]]))
        #expect(network.subset([]).treatments.isEmpty)
        let arms = [("S", "A"), ("S", "B"), ("T", "A"), ("T", "C")].map {
            NetworkArm(study: $0.0, Treatment($0.1), Rate(events: 3, time: 9))
        }
        let counted = try TreatmentNetwork(arms, measure: .rateRatio).subset([1])
        #expect(counted.arms == .rate(Array(arms[2...])) && counted.measure == "IRR" && counted.scale == .log)
        #expect(counted.settings == EffectSettings())
    }

    @Test func pairsCanBeChanged() throws {
        let network = try network()
        let doubled = network.mapPairs { pair in
            var pair = pair
            pair.estimate *= 2
            return pair
        }
        #expect(doubled.studies[1].pairs.map(\.estimate) == [2, 4, 2])
        #expect(doubled.treatments == network.treatments && doubled.studies.map(\.row) == network.studies.map(\.row))
    }

    // MARK: Names

    @Test func namesThatDifferByTheWayTheyAreWrittenAreNoted() throws {
        let network = try TreatmentNetwork([
            Self.contrast("1", "placebo", "Drug A"), Self.contrast("2", "Placebo", "drug-a"),
            Self.contrast("3", "Placebo ", "PLACEBO"), Self.contrast("4", "1.5 mg", "15 mg"),
        ])
        #expect(network.treatments.count == 7)
        #expect(
            network.diagnostics.map(\.message) == [
                "\"Drug A\" and \"drug-a\" are taken as different treatments; write them alike if they are the same",
                "\"PLACEBO\" and \"Placebo\" and \"placebo\" are taken as different treatments; write them alike if they are"
                    + " the same",
            ])
        #expect(network.diagnostics.allSatisfy { $0.code == .similarTreatments && $0.severity == .warning })
    }

    /// Equal texts may differ in their bytes, and so would files written from them.
    @Test func ofSeveralEncodingsOfANameTheOrderOfRowsTakesNone() throws {
        let contrasts =
            [("M\u{FC}ller", "Caf\u{E9}", "B"), ("Mu\u{308}ller", "Cafe\u{301}", "C"), ("Mu\u{308}ller", "B", "C")]
            .map { Contrast(study: $0.0, Treatment($0.1), versus: Treatment($0.2), estimate: 1, variance: 1) }
            + [Contrast(study: "T", "Cafe\u{301}", versus: "C", estimate: 1, variance: 1)]
        for order in [contrasts, contrasts.reversed()] {
            let network = try TreatmentNetwork(order, repairing: true)
            #expect(network.treatments.map { Array($0.name.utf8) } == ["B", "C", "Caf\u{E9}"].map { Array($0.utf8) })
            #expect(Array(network.studies[0].label.utf8) == Array("M\u{FC}ller".utf8))
        }
    }

    // MARK: Arms

    private static let arms = [
        NetworkArm(study: "S", "B", Proportion(events: 3, size: 20), row: 3, group: "young"),
        NetworkArm(study: "S", "A", Proportion(events: 5, size: 25), row: 2),
        NetworkArm(study: "S", "C", Proportion(events: 4, size: 30), row: 4),
        NetworkArm(study: "lone", "A", Proportion(events: 5, size: 25), row: 5),
    ]

    @Test func armsAreKeptAsTheyWereGiven() throws {
        let network = try TreatmentNetwork(Self.arms, measure: .riskRatio)
        #expect(network.arms == .proportion(Self.arms))
        #expect(network.measure == "RR" && network.scale == .log && network.settings == EffectSettings())
        #expect(network.studies.map(\.label) == ["S"])
        #expect(network.studies[0].sizes == [25, 20, 30] && network.studies[0].row == 2)
        #expect(network.studies[0].group == "young")
        #expect(network.excluded.map(\.label) == ["lone"] && network.diagnostics.map(\.code) == [.studyExcluded])
        #expect(try network.asDecoded() == network)
    }

    @Test func contrastsOfOtherStudiesJoinThem() throws {
        let network = try TreatmentNetwork(Self.arms, and: [Self.contrast("T", "C", "D")], measure: .oddsRatio)
        #expect(network.treatments == ["A", "B", "C", "D"] && network.studies.map(\.label) == ["S", "T"])
        #expect(network.studies[1].sizes == nil)
    }

    @Test(arguments: [
        [contrast("S", "A", "B", row: 7)], [contrast("S", "A", "D", row: 7)], [contrast("lone", "A", "D", row: 7)],
    ])
    func aStudyIsGivenByItsArmsOrByItsContrasts(_ contrasts: [Contrast]) throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork(Self.arms, and: contrasts, measure: .oddsRatio)
        }
        #expect(error.code == .invalidOutcome && error.message == "the study is given by its arms and by contrasts")
        #expect(error.location == MetaAnalysisError.Location(row: 7, study: contrasts[0].study))
    }

    @Test func nothingLeftNamesTheReason() throws {
        let arms = ["A", "B"].map { NetworkArm(study: "S", Treatment($0), Proportion(events: 0, size: 20)) }
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork(arms, measure: .oddsRatio, settings: EffectSettings(correction: .never))
        }
        #expect(error.code == .tooFewStudies && error.message.contains("\"S\": no events in either group"))
        let none = try #require(throws: MetaAnalysisError.self) { try TreatmentNetwork([]) }
        #expect(none.code == .tooFewStudies && none.message == "no study compares two treatments")
    }

    /// Peto's effects of three arms do not add up, whatever the data.
    @Test func aMeasureThatDoesNotAddUpIsToBlameAndNotTheData() throws {
        let arms = [("A", 4.0), ("B", 9), ("C", 19)].map {
            NetworkArm(study: "S", Treatment($0.0), Proportion(events: $0.1, size: 40), row: 2)
        }
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork(arms, measure: .petoOddsRatio)
        }
        #expect(error.code == .inconsistentMultiArmStudy)
        #expect(error.message.contains("PETO") && error.message.contains("add up") && error.location.study == "S")
        #expect(error.remedy.contains("another measure"))
        // Two arms have nothing to add up.
        #expect(try TreatmentNetwork(Array(arms[1...]), measure: .petoOddsRatio).studies.count == 1)
    }

    // MARK: Studies of several arms

    private static func triangle(_ third: Double, _ variances: [Double] = [1, 1, 1]) -> [Contrast] {
        [
            contrast("S", "A", "B", 1, variance: variances[0], row: 2),
            contrast("S", "B", "C", 1, variance: variances[2], row: 3),
            contrast("S", "A", "C", third, variance: variances[1], row: 4),
        ]
    }

    @Test func missingPairsAreNamed() throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork([
                Self.contrast("S", "B", "A", row: 3), Self.contrast("S", "D", "C", row: 2),
                Self.contrast("S", "A", "C"), Self.contrast("S", "B", "D"),
            ])
        }
        #expect(error.code == .inconsistentMultiArmStudy)
        #expect(error.message == "of 4 treatments not every pair is given: missing A versus D, B versus C")
        #expect(error.location == MetaAnalysisError.Location(row: 2, study: "S"))
    }

    @Test func repeatedPairsAreNamedWithTheirLines() throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork([Self.contrast("S", "A", "B", row: 5), Self.contrast("S", "B", "A", row: 3)])
        }
        #expect(error.code == .inconsistentMultiArmStudy)
        #expect(error.message == "A and B are compared twice (lines 3 and 5)" && error.location.row == 5)
        #expect(error.location.study == "S")
    }

    @Test func contrastsThatContradictEachOtherAreNamedWithTheAmount() throws {
        let error = try #require(throws: MetaAnalysisError.self) { try TreatmentNetwork(Self.triangle(2.3)) }
        #expect(error.code == .inconsistentMultiArmStudy)
        #expect(
            error.message == "A - B and B - C add up to 2.0000, but A - C is 2.3000: a difference of -0.300")
        #expect(error.remedy.contains("--repair-multiarm"))
        #expect(error.location == MetaAnalysisError.Location(row: 2, study: "S"))
    }

    /// A loop that misses by 0.3 with equal variances is closed by a third of it on each side.
    @Test func repairTakesTheNearestContrastsThatAgree() throws {
        let network = try TreatmentNetwork(Self.triangle(2.3), repairing: true)
        for (pair, expected) in zip(network.studies[0].pairs, [1.1, 2.2, 1.1]) {
            #expect(Tolerance.closedForm.accepts(pair.estimate, expected) && pair.variance == 1)
        }
        let note = try #require(network.diagnostics.first)
        #expect(note.code == .multiArmRepair && note.severity == .warning && note.studies == ["S"])
        #expect(note.message.hasSuffix("the greatest change is 0.100"))
        #expect(try TreatmentNetwork(Self.triangle(2), repairing: true).diagnostics.isEmpty)
    }

    /// Between arms of variances 1, 2 and 3 the share of each side is its own part of their sum.
    @Test func repairRegardsTheVariances() throws {
        let network = try TreatmentNetwork(Self.triangle(2.3, [3, 4, 5]), repairing: true)
        let pairs = network.studies[0].pairs
        #expect(Tolerance.closedForm.accepts(pairs[0].estimate + pairs[2].estimate, pairs[1].estimate))
        // Weights of pairs are 3/11, 2/11 and 1/11, so that the misfit is shared as 1/w.
        let changes = zip(pairs, [1, 2.3, 1]).map { $0.estimate - $1 }
        let sum = 11.0 / 3 + 11.0 / 2 + 11
        for (change, share) in zip(changes, [11.0 / 3, -11.0 / 2, 11]) {
            #expect(Tolerance.closedForm.accepts(change, 0.3 * share / sum, scale: 0.3))
        }
    }

    @Test func roundingIsNotedAndLeftAlone() throws {
        let network = try TreatmentNetwork(Self.triangle(2.01))
        #expect(network.studies[0].pairs.map(\.estimate) == [1, 2.01, 1])
        let note = try #require(network.diagnostics.first)
        #expect(note.code == .multiArmRepair && note.severity == .note && note.message.contains("-0.0100"))
        let repaired = try TreatmentNetwork(Self.triangle(2.01), repairing: true)
        #expect(repaired.diagnostics[0].severity == .note)
        // What the last digits of decimal numbers do is not worth a word.
        #expect(try TreatmentNetwork(Self.triangle(2 + 1e-12)).diagnostics.isEmpty)
    }

    @Test(arguments: [[1.0, 5, 1], [1, 1, 4], [1e-3, 1, 2]])
    func standardErrorsThatNoArmsCanHave(_ variances: [Double]) throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork(Self.triangle(2, variances), repairing: true)
        }
        #expect(error.code == .inconsistentMultiArmStudy && error.message.contains("no 3 arms can have"))
        #expect(error.location == MetaAnalysisError.Location(row: 2, study: "S"))
    }

    @Test func sumsOutOfTheRangeOfNumbersNameTheStudy() throws {
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork(Self.triangle(2, [1e308, 1.2e308, 1.1e308]))
        }
        #expect(error.code == .numericalOverflow && error.location.study == "S" && error.location.row == 2)
    }

    /// Every study whose contrasts cannot be is named in one run.
    @Test func studiesThatContradictThemselvesAreNamedTogether() throws {
        func study(_ label: String, _ row: Int) -> [Contrast] {
            [
                Contrast(study: label, "A", versus: "B", estimate: 0.2, standardError: 0.1, row: row),
                Contrast(study: label, "A", versus: "C", estimate: 0.3, standardError: 0.1, row: row + 1),
                Contrast(study: label, "B", versus: "C", estimate: 0.1, standardError: 0.5, row: row + 2),
            ]
        }
        let error = try #require(throws: MetaAnalysisError.self) {
            try TreatmentNetwork(study("T1", 2) + study("T2", 5))
        }
        #expect(error.code == .inconsistentMultiArmStudy && error.location.study == "T1" && error.location.row == 2)
        #expect(error.message.contains("\"T2\" (line 5)"))
    }
}
