import Foundation
import Testing

@testable import MetaAnalysis

/// A table that gives no network, or one at the edge, with what must come of it.
struct MalformedNetwork: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// Line and column that the error must name, and words of its text.
        case refused(MetaAnalysisError.Code, row: Int?, column: String?, [String])
        /// What the result must say of itself, words of it, and the studies left out.
        case accepted([Diagnostic.Code], [String] = [], excluded: [String] = [])
    }

    var name: String
    var text: String
    var columns = NetworkColumns()
    var settings = EffectSettings()
    var isRepairing = false
    var model = NetworkMetaAnalysis()
    var outcome: Outcome

    init(
        _ name: String, _ text: String, measure: String? = nil, settings: EffectSettings = EffectSettings(),
        repairing: Bool = false, model: NetworkMetaAnalysis = NetworkMetaAnalysis(), _ outcome: Outcome
    ) {
        self.name = name
        self.text = text
        columns.measure = measure
        self.settings = settings
        isRepairing = repairing
        self.model = model
        self.outcome = outcome
    }

    static let all = tables + treatments + values + studies + multiArm + structure + effects + settingsAtFault

    var testDescription: String { name }

    func fit() throws -> NetworkFit {
        let data = try columns.read(Table(csv: text, name: "t.csv"))
        let network = try data[0].network(measureCode: columns.measure, settings: settings, repairing: isRepairing)
        return try model.fit(network)
    }
}

@Suite("Malformed networks")
struct MalformedNetworkTests {
    @Test("say what is wrong, where, and what to do, or what was made of them", arguments: MalformedNetwork.all)
    func outcome(_ network: MalformedNetwork) throws {
        switch network.outcome {
        case .refused(let code, let row, let column, let words):
            let error = try #require(throws: MetaAnalysisError.self) { try network.fit() }
            #expect(error.code == code, "\(error)")
            #expect(error.location.row == row && error.location.column == column, "\(error)")
            if row != nil { #expect(error.location.file == "t.csv", "\(error)") }
            for word in words { #expect(error.description.contains(word), "\(error)") }
            #expect(!error.remedy.isEmpty && !error.description.contains(where: \.isNewline), "\(error)")
            #expect(error.description.count < 1000, "\(error)")
        case .accepted(let codes, let words, let excluded):
            let fit = try network.fit()
            let found = fit.diagnostics.map(\.code)
            for code in codes { #expect(found.contains(code), "\(fit.diagnostics)") }
            let text = fit.diagnostics.map(\.message).joined(separator: "\n")
            for word in words { #expect(text.contains(word), "\(text)") }
            #expect(fit.excluded.map(\.label) == excluded)
            try expectFinite(fit)
        }
    }

    @Test("come in at least 60 forms, each by its own name") func count() {
        #expect(MalformedNetwork.all.count >= 60)
        #expect(Set(MalformedNetwork.all.map(\.name)).count == MalformedNetwork.all.count)
    }
}

/// JSON has no place for a number that is not finite, other than the end of an interval.
func expectFinite(_ fit: NetworkFit, _ place: SourceLocation = #_sourceLocation) throws {
    let copy = try JSONDecoder().decode(NetworkFit.self, from: JSONEncoder().encode(fit))
    #expect(copy == fit, sourceLocation: place)
    for effect in fit.effects {
        let intervals = [
            effect.confidenceInterval, effect.predictionInterval, effect.direct?.confidenceInterval,
            effect.indirect?.confidenceInterval,
        ].compactMap(\.self)
        #expect(intervals.allSatisfy { $0.lower.isFinite && $0.upper.isFinite }, sourceLocation: place)
        #expect(effect.standardError >= 0, sourceLocation: place)
        #expect(effect.proportionDirect.map { (0...1).contains($0) } ?? false, sourceLocation: place)
        #expect(effect.pValue.map { (0...1).contains($0) } ?? true, sourceLocation: place)
    }
    #expect(fit.heterogeneity.tauSquared >= 0, sourceLocation: place)
}

extension MalformedNetwork {
    private static let contrasts = "study,treat1,treat2,TE,seTE\n"
    private static let events = "study,treatment,events,n\n"
    private static let means = "study,treatment,mean,sd,n\n"
    /// Two studies that link A, B and C.
    private static let link = "L1,A,B,1,0.5\nL2,B,C,1,0.5\n"

    // MARK: The form of the table

    private static let tables: [MalformedNetwork] = [
        MalformedNetwork("no bytes", "", .refused(.malformedTable, row: 1, column: nil, ["the file is empty"])),
        MalformedNetwork("header only", contrasts, .refused(.malformedTable, row: 1, column: nil, ["no rows"])),
        MalformedNetwork(
            "short row", contrasts + "S,A,B,1\n",
            .refused(.malformedTable, row: 2, column: "seTE", ["4 fields where the header has 5"])),
        MalformedNetwork(
            "no treatments", "study,TE,seTE\nS,1,2\n",
            .refused(.missingColumn, row: nil, column: nil, ["t.csv", "no column names the treatments", "\"TE\""])),
        MalformedNetwork(
            "treatments only", "study,treatment\nS,A\nS,B\n",
            .refused(.missingColumn, row: nil, column: nil, ["t.csv", "no kind of data is complete"])),
        MalformedNetwork(
            "first treatment only", "study,treat1,TE,seTE\nS,A,1,2\n",
            .refused(.missingColumn, row: nil, column: nil, ["treat1 (column \"treat1\") but no treat2"])),
        MalformedNetwork(
            "second treatment only", "study,trt2,TE,seTE\nS,A,1,2\n",
            .refused(.missingColumn, row: nil, column: nil, ["treat2 (column \"trt2\") but no treat1"])),
        MalformedNetwork(
            "arms without studies", "treatment,events,n\nA,1,9\nB,2,9\n",
            .refused(.missingColumn, row: nil, column: nil, ["t.csv", "which arms belong to one study", "study=NAME"])),
        MalformedNetwork(
            "contrasts without studies", "treat1,treat2,TE,seTE\nA,B,1,2\nB,C,1,2\n",
            .accepted([.defaultChosen], ["every row is taken as a study of its own"])),
        MalformedNetwork(
            "effects without precision", "study,treat1,treat2,TE\nS,A,B,1\n",
            .refused(.missingColumn, row: nil, column: nil, ["no kind of data is complete"])),
        MalformedNetwork(
            "events without sizes", "study,treatment,events\nS,A,1\nS,B,2\n",
            .refused(.missingColumn, row: nil, column: nil, ["lacks", "beside xi (column \"events\")"])),
        MalformedNetwork(
            "a row without an outcome among others",
            "study,outcome,treat1,treat2,TE,seTE\nS,x,A,B,1,2\nT,,A,B,1,2\n",
            .refused(.malformedTable, row: 3, column: "outcome", ["has no outcome"])),
    ]

    // MARK: Treatments and labels

    private static let treatments: [MalformedNetwork] = [
        MalformedNetwork(
            "self-comparison", contrasts + link + "S,B,B,1,0.5\n",
            .refused(.invalidOutcome, row: 4, column: "treat2", ["study \"S\"", "\"B\" is compared with itself"])),
        MalformedNetwork(
            "self-comparison but for blanks", contrasts + link + "S,B,\"B \",1,0.5\n",
            .refused(.invalidOutcome, row: 4, column: "treat2", ["compared with itself"])),
        MalformedNetwork(
            "no second treatment", contrasts + link + "S,B,,1,0.5\n",
            .refused(.malformedTable, row: 4, column: "treat2", ["no second treatment"])),
        MalformedNetwork(
            "no first treatment", contrasts + link + "S,,B,1,0.5\n",
            .refused(.malformedTable, row: 4, column: "treat1", ["no treatment"])),
        MalformedNetwork(
            "NA for a treatment", contrasts + link + "S,NA,B,1,0.5\n",
            .refused(.malformedTable, row: 4, column: "treat1", ["no treatment"])),
        MalformedNetwork(
            "blank treatment", contrasts + link + "S,\"  \",B,1,0.5\n",
            .refused(.malformedTable, row: 4, column: "treat1", ["no treatment"])),
        MalformedNetwork(
            "treatment of no-break spaces", contrasts + link + "S,\u{A0}\u{A0},B,1,0.5\n",
            .refused(.invalidOutcome, row: 4, column: "treat1", ["a treatment has no name"])),
        MalformedNetwork(
            "arm without a treatment", events + "S,A,1,9\nS,,2,9\n",
            .refused(.malformedTable, row: 3, column: "treatment", ["no treatment"])),
        MalformedNetwork(
            "arm of no-break spaces", events + "S,A,1,9\nS,\u{A0},2,9\n",
            .refused(.invalidOutcome, row: 3, column: "treatment", ["the treatment has no name"])),
        MalformedNetwork(
            "arm without a study", events + "S,A,1,9\nS,B,2,9\n,C,3,9\n",
            .refused(.malformedTable, row: 4, column: "study", ["the arm has no study"])),
        MalformedNetwork(
            "contrast without a study", contrasts + link + ",A,C,1,0.5\n",
            .accepted([.defaultChosen], ["a study of its own"])),
        MalformedNetwork(
            "names that differ by case", contrasts + "S,Placebo,A,1,0.5\nT,placebo,A,1,0.5\n",
            .accepted([.similarTreatments], ["\"Placebo\" and \"placebo\""])),
        MalformedNetwork(
            "names that differ by blanks inside", contrasts + "S,usual care,A,1,0.5\nT,usual  care,A,1,0.5\n",
            .accepted([.similarTreatments], ["\"usual  care\" and \"usual care\""])),
        MalformedNetwork(
            "names that differ by a zero-width space", contrasts + "S,\u{200B}B,A,1,0.5\nT,B,A,1,0.5\n",
            .accepted([.similarTreatments])),
        MalformedNetwork(
            "one name in two encodings", contrasts + "S,Caf\u{E9},B,1,0.5\nT,Cafe\u{301},B,1.2,0.5\n",
            .accepted([], [])),
        MalformedNetwork(
            "one study in two encodings",
            contrasts + "Mu\u{308}ller,A,B,1,0.5\nM\u{FC}ller,B,C,1,0.5\nM\u{FC}ller,A,C,2,0.5\n",
            .accepted([.notEstimable])),
        MalformedNetwork(
            "names of ten thousand letters",
            contrasts
                + "S,\(String(repeating: "a", count: 10_000)),B,1,0.5\nT,\(String(repeating: "a", count: 9_999)),B,1,0.5\n",
            .accepted([.starNetwork])),
        MalformedNetwork(
            "parts of long names", contrasts + "S,\(String(repeating: "a", count: 10_000)),B,1,0.5\nT,C,D,1,0.5\n",
            .refused(.disconnectedNetwork, row: nil, column: nil, ["aaa…", "{C, D}"])),
        MalformedNetwork(
            "names with line breaks", contrasts + "S,\"A\nB\",C,1,0.5\nT,D,\"E\r\nF\",1,0.5\n",
            .refused(.disconnectedNetwork, row: nil, column: nil, ["{A\\nB, C}"])),
        MalformedNetwork(
            "names of symbols", contrasts + "S,α,β,1,0.5\nT,β,♥,1,0.5\nU,♥,🙂,1,0.5\n", .accepted([.notEstimable])),
    ]

    // MARK: Values

    private static func effect(
        _ name: String, _ row: String, _ code: MetaAnalysisError.Code, at column: String, _ part: String
    ) -> MalformedNetwork {
        MalformedNetwork(name, contrasts + link + "S,A,C,\(row)\n", .refused(code, row: 4, column: column, [part]))
    }

    private static func arm(
        _ name: String, _ header: String, _ row: String, at column: String, _ part: String
    ) -> MalformedNetwork {
        MalformedNetwork(
            name, "study,treatment,\(header)\nS,A,\(row)\nS,B,\(row)\n",
            .refused(.invalidOutcome, row: 2, column: column, [part]))
    }

    private static let values: [MalformedNetwork] = [
        effect("standard error of 0", "1,0", .invalidOutcome, at: "seTE", "is 0; give a number greater than 0"),
        effect("negative standard error", "1,-0.1", .invalidOutcome, at: "seTE", "is -0.1"),
        effect("NaN for an effect", "NaN,1", .malformedTable, at: "TE", "is not a finite number"),
        effect("infinity for an effect", "-Inf,1", .malformedTable, at: "TE", "is not a finite number"),
        effect("infinity for a standard error", "1,inf", .malformedTable, at: "seTE", "is not a finite number"),
        effect("text for an effect", "high,1", .malformedTable, at: "TE", "\"high\" is text"),
        effect("decimal comma", "\"0,5\",1", .malformedTable, at: "TE", "a decimal comma?"),
        effect("effect too large", "1e999,1", .malformedTable, at: "TE", "outside the range of numbers"),
        MalformedNetwork(
            "interval upside down", "study,treat1,treat2,TE,lower,upper\nS,A,B,1,2,0\n",
            .refused(.invalidOutcome, row: 2, column: "lower", ["runs from 2 to 0"])),
        MalformedNetwork(
            "estimate outside its interval", "study,treat1,treat2,TE,lower,upper\nS,A,B,5,0,2\n",
            .refused(.invalidOutcome, row: 2, column: "TE", ["inside its interval"])),
        MalformedNetwork(
            "standard error whose square vanishes", contrasts + "S,A,B,1,1e-200\n",
            .refused(.tooFewStudies, row: nil, column: nil, ["t.csv", "\"S\": the sampling variance is 0"])),
        MalformedNetwork(
            "standard error whose square overflows", contrasts + "S,A,B,1,1e200\n",
            .refused(.tooFewStudies, row: nil, column: nil, ["\"S\"", "outside the range of numbers"])),
        arm("more events than participants", "events,n", "10,9", at: "events", "10 events among 9"),
        arm("negative events", "events,n", "-1,9", at: "events", "is -1"),
        arm("negative participants", "events,n", "0,-9", at: "n", "is -9"),
        arm("negative standard deviation", "mean,sd,n", "1,-2,9", at: "sd", "is -2"),
        arm("negative person-time", "events,time", "1,-2", at: "time", "is -2"),
        MalformedNetwork(
            "text for events", events + "S,A,1,9\nS,B,few,9\n",
            .refused(.malformedTable, row: 3, column: "events", ["\"few\" is text"])),
        MalformedNetwork(
            "text in an incomplete arm", events + "S,A,1,9\nS,B,2,9\nS,C,,many\n",
            .refused(.malformedTable, row: 4, column: "n", ["\"many\" is text"])),
        MalformedNetwork(
            "arms without participants", events + "S,A,0,0\nS,B,0,0\nT,A,3,9\nT,B,2,9\n",
            .accepted([.studyExcluded], ["no participants"], excluded: ["S"])),
        MalformedNetwork(
            "standard deviations of 0", means + "S,A,1,0,9\nS,B,2,0,9\nT,A,1,2,9\nT,B,2,2,9\n",
            .accepted([.studyExcluded], ["standard deviation is 0"], excluded: ["S"])),
        MalformedNetwork(
            "standard deviations of 0 in three arms", means + "S,A,1,0,9\nS,B,2,0,9\nS,C,2,0,9\n", measure: "SMD",
            .refused(.tooFewStudies, row: nil, column: nil, ["\"S\"", "no pooled standard deviation"])),
        MalformedNetwork(
            "an arm that lacks a value", events + "S,A,1,9\nS,B,,9\nS,C,4,9\nT,A,2,9\nT,B,3,9\n",
            .accepted([.studyExcluded], ["arm B: missing xi (column events)"], excluded: ["S"])),
        MalformedNetwork(
            "all contrasts lack a value", contrasts + "S,A,B,1,\nT,A,B,,1\n",
            .refused(.tooFewStudies, row: nil, column: nil, ["\"S\": missing sei (column seTE)", "complete the data"])),
    ]

    // MARK: Studies

    private static let studies: [MalformedNetwork] = [
        MalformedNetwork(
            "one treatment", events + "S,A,1,9\nT,A,2,9\n",
            .refused(
                .tooFewStudies, row: nil, column: nil, ["t.csv", "no study compares two treatments", "has one arm (A)"])
        ),
        MalformedNetwork("one study", events + "S,A,1,9\nS,B,2,9\n", .accepted([.notEstimable])),
        MalformedNetwork("one contrast", contrasts + "S,A,B,1,2\n", .accepted([.notEstimable])),
        MalformedNetwork(
            "a study with one arm", events + "S,A,1,9\nS,B,2,9\nT,A,2,9\n",
            .accepted([.studyExcluded], ["it has one arm (A)"], excluded: ["T"])),
        MalformedNetwork(
            "two arms of one treatment", events + "S,A,1,9\nS,B,2,9\nS,A,3,9\n",
            .refused(
                .invalidOutcome, row: 4, column: "treatment",
                ["study \"S\"", "two arms received \"A\"", "add the two arms up"])),
        MalformedNetwork(
            "two arms of one treatment but for an encoding", events + "S,\u{E9},1,9\nS,B,2,9\nS,e\u{301},3,9\n",
            .refused(.invalidOutcome, row: 4, column: "treatment", ["two arms received"])),
        MalformedNetwork(
            "a comparison given twice", contrasts + "S,A,B,1,2\nT,A,B,1,2\nS,A,B,1,2\n",
            .refused(
                .inconsistentMultiArmStudy, row: 4, column: nil,
                ["study \"S\"", "A and B are compared twice (lines 2 and 4)"])),
        MalformedNetwork(
            "a comparison given twice, once the other way", contrasts + "S,A,B,1,2\nS,B,A,-1,2\n",
            .refused(.inconsistentMultiArmStudy, row: 3, column: nil, ["compared twice", "two studies two labels"])),
        MalformedNetwork(
            "arms and contrasts",
            "study,treatment,treat1,treat2,events,n,TE,seTE\nS,A,,,1,9,,\nS,B,,,2,9,,\nT,,A,C,,,1,2\n",
            measure: "OR", .accepted([.notEstimable])),
        MalformedNetwork(
            "a study given by arms and contrasts",
            "study,treatment,treat1,treat2,events,n,TE,seTE\nS,A,,,1,9,,\nS,B,,,2,9,,\nS,,A,C,,,1,2\n", measure: "OR",
            .refused(.invalidOutcome, row: 4, column: nil, ["study \"S\"", "by its arms and by contrasts"])),
        MalformedNetwork(
            "no events in any arm, uncorrected", events + "S,A,0,9\nS,B,0,9\nS,C,0,9\n",
            settings: EffectSettings(correction: .never),
            .refused(
                .tooFewStudies, row: nil, column: nil,
                ["\"S\": no events in either group", "a correction that they allow"])),
        MalformedNetwork(
            "no events in any arm, dropped", events + "S,A,0,9\nS,B,0,9\nT,A,1,9\nT,B,2,9\n",
            settings: EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true)),
            .accepted([.studyExcluded], ["no events, or only events, in every arm"], excluded: ["S"])),
        MalformedNetwork(
            "no events in any arm, corrected", events + "S,A,0,9\nS,B,0,9\nS,C,0,9\n",
            .accepted([.continuityCorrection], ["all arms of 1 of 1 studies"])),
    ]

    // MARK: Studies of several arms

    private static let contradiction = contrasts + "S,A,B,1,0.5\nS,B,C,1,0.5\nS,A,C,2.5,0.5\n"
    private static let impossible = contrasts + "L,A,B,1,0.5\nS,A,B,1,0.1\nS,B,C,1,0.1\nS,A,C,2,0.5\n"

    private static let multiArm: [MalformedNetwork] = [
        MalformedNetwork(
            "a pair that lacks", contrasts + "L,A,B,1,0.5\nS,A,B,1,0.5\nS,A,C,1,0.5\n",
            .refused(
                .inconsistentMultiArmStudy, row: 3, column: nil,
                ["study \"S\"", "of 3 treatments not every pair is given: missing B versus C", "give the arms"])),
        MalformedNetwork(
            "pairs that lack of a study of four", contrasts + "S,A,B,1,0.5\nS,A,C,1,0.5\nS,A,D,1,0.5\n",
            .refused(
                .inconsistentMultiArmStudy, row: 2, column: nil, ["missing B versus C, B versus D, C versus D"])),
        MalformedNetwork(
            "contrasts that contradict each other", contradiction,
            .refused(
                .inconsistentMultiArmStudy, row: 2, column: nil,
                [
                    "study \"S\"", "A - B and B - C add up to 2.0000, but A - C is 2.5000: a difference of -0.500",
                    "--repair-multiarm",
                ])),
        MalformedNetwork(
            "the same, repaired", contradiction, repairing: true,
            .accepted([.multiArmRepair], ["A - B and B - C add up to 2.0000", "the greatest change is 0.167"])),
        MalformedNetwork(
            "contrasts that rounding lets contradict each other",
            contrasts + "S,A,B,1,0.5\nS,B,C,1,0.5\nS,A,C,2.01,0.5\n",
            .accepted([.multiArmRepair], ["taken for rounding"])),
        MalformedNetwork(
            "a direction that was mixed up", contrasts + "S,A,B,1,0.5\nS,B,C,1,0.5\nS,C,A,2,0.5\n",
            .refused(.inconsistentMultiArmStudy, row: 2, column: nil, ["A - C is -2.0000: a difference of 4.00"])),
        MalformedNetwork(
            "standard errors that no arms can have", impossible,
            .refused(
                .inconsistentMultiArmStudy, row: 3, column: nil,
                ["study \"S\"", "no 3 arms can have the standard errors"])),
        MalformedNetwork(
            "the same, repaired in vain", impossible, repairing: true,
            .refused(.inconsistentMultiArmStudy, row: 3, column: nil, ["no 3 arms can have the standard errors"])),
        MalformedNetwork(
            "a standard error ten thousand times the others", contrasts + "S,A,B,1,1\nS,B,C,1,1\nS,A,C,2,10000\n",
            .refused(.inconsistentMultiArmStudy, row: 2, column: nil, ["no 3 arms can have"])),
        MalformedNetwork(
            "a measure that does not add up", events + "S,A,4,40\nS,B,9,40\nS,C,19,40\n", measure: "PETO",
            .refused(
                .inconsistentMultiArmStudy, row: 2, column: nil, ["as PETO the effects of its arms", "another measure"])
        ),
    ]

    // MARK: The network

    private static let structure: [MalformedNetwork] = [
        MalformedNetwork(
            "two parts", contrasts + link + "S,X,Y,1,0.5\n",
            .refused(
                .disconnectedNetwork, row: nil, column: nil,
                ["2 parts that no study links: {A, B, C}, {X, Y}", "--per-component"])),
        MalformedNetwork(
            "parts made by a name written in two ways", contrasts + "S,A,Placebo,1,0.5\nT,B,placebo,1,0.5\n",
            .refused(.disconnectedNetwork, row: nil, column: nil, ["{A, Placebo}, {B, placebo}"])),
        MalformedNetwork(
            "parts made by an arm that lacks a value", events + "S,A,1,9\nS,B,2,9\nT,B,,9\nT,C,2,9\nU,C,1,9\nU,D,2,9\n",
            .refused(.disconnectedNetwork, row: nil, column: nil, ["{A, B}, {C, D}"])),
        MalformedNetwork(
            "a star", contrasts + "S,A,P,1,0.5\nT,B,P,1,0.5\nU,A,P,2,0.5\n",
            .accepted([.starNetwork], ["every study compares P with one other"])),
        MalformedNetwork(
            "directions that contradict each other",
            "study,treatment,events,n,better\nS,A,1,9,lower\nS,B,2,9,higher\n",
            .refused(.malformedTable, row: 3, column: "better", ["disagree about which direction is better"])),
        MalformedNetwork(
            "no direction", "study,treatment,events,n,better\nS,A,1,9,up\nS,B,2,9,up\n",
            .refused(.malformedTable, row: 2, column: "better", ["\"up\" is no direction", "lower or higher"])),
    ]

    // MARK: Effects at the edge of the range of numbers

    private static let effects: [MalformedNetwork] = [
        MalformedNetwork(
            "huge effects", contrasts + "S,A,B,1e150,1e150\nT,B,C,2e150,1e150\nU,A,C,4e150,2e150\nV,A,C,9e150,1e150\n",
            .accepted([])),
        MalformedNetwork(
            "tiny effects", contrasts + "S,A,B,1e-150,1e-150\nT,B,C,2e-150,1e-150\nU,A,C,4e-150,2e-150\n", .accepted([])
        ),
        MalformedNetwork(
            "tiny effects of three arms", contrasts + "S,A,B,1e-150,1e-150\nS,B,C,2e-150,1e-150\nS,A,C,3e-150,1e-150\n",
            .accepted([.notEstimable])),
        MalformedNetwork(
            "effects whose squares overflow", contrasts + "S,A,B,1e200,1\nT,B,C,2e200,1\nU,A,C,4e200,1\n",
            .refused(.numericalOverflow, row: nil, column: nil, ["units"])),
        MalformedNetwork(
            "variances that differ by a factor of 1e12", contrasts + "S,A,B,1,1e-6\nT,B,C,2,1\nU,A,C,4,1\n",
            .accepted([.extremeVarianceRatio], ["ten million times"])),
        MalformedNetwork(
            "variances that differ by a factor of 1e20", contrasts + "S,A,B,1,1e-10\nT,B,C,2,1\nU,A,C,4,1\n",
            .refused(.singularDesign, row: nil, column: nil, ["orders of magnitude"])),
        MalformedNetwork(
            "variances of two treatments at both ends of the range of numbers",
            contrasts + "S,A,B,1,1e-150\nT,A,B,2,1e150\nU,A,B,3,1\n", .accepted([.extremeVarianceRatio])),
        MalformedNetwork(
            "effects of 1e80 standard errors", contrasts + "S,A,B,1e80,1\nT,B,C,1,1\nU,A,C,1,1\n", .accepted([])),
        MalformedNetwork(
            "effects that agree exactly", contrasts + "S,A,B,0.1,0.5\nT,B,C,0.2,0.5\nU,A,C,0.3,0.5\n",
            model: NetworkMetaAnalysis(interval: .hartungKnapp), .accepted([.notEstimable], ["agree exactly"])),
        MalformedNetwork(
            "effects that are all 0", contrasts + "S,A,B,0,0.5\nT,B,C,0,0.4\nU,A,C,0,0.3\n",
            model: NetworkMetaAnalysis(heterogeneity: .sidikJonkman, interval: .hartungKnapp),
            .accepted([.zeroHeterogeneity])),
    ]

    // MARK: Settings

    private static let settingsAtFault: [MalformedNetwork] = [
        MalformedNetwork(
            "unknown reference", contrasts + link, model: NetworkMetaAnalysis(reference: "Placebo"),
            .refused(.invalidSetting, row: nil, column: nil, ["no treatment \"Placebo\"", "\"A\", \"B\", \"C\""])),
        MalformedNetwork(
            "level in percent", contrasts + link, model: NetworkMetaAnalysis(level: 95),
            .refused(.invalidSetting, row: nil, column: nil, ["95.0", "0.95"])),
        MalformedNetwork(
            "prediction level of 1", contrasts + link, model: NetworkMetaAnalysis(predictionLevel: 1),
            .refused(.invalidSetting, row: nil, column: nil, ["0.95"])),
        MalformedNetwork(
            "negative variance between studies", contrasts + link, model: NetworkMetaAnalysis(knownTauSquared: -1),
            .refused(.invalidSetting, row: nil, column: nil, ["is -1"])),
        MalformedNetwork(
            "profile of no likelihood", contrasts + link,
            model: NetworkMetaAnalysis(heterogeneity: .hedges, tauSquaredInterval: .profileLikelihood),
            .refused(.unsupportedCombination, row: nil, column: nil, ["HE maximizes no likelihood"])),
        MalformedNetwork(
            "unknown measure of arms", events + "S,A,1,9\nS,B,2,9\n", measure: "ODDS",
            .refused(.unsupportedCombination, row: nil, column: nil, ["no measure \"ODDS\"", "OR"])),
        MalformedNetwork(
            "unknown measure of contrasts", contrasts + link, measure: "ODDS",
            .refused(.unsupportedCombination, row: nil, column: nil, ["no measure \"ODDS\"", "OR"])),
        MalformedNetwork(
            "measure of one group for arms", events + "S,A,1,9\nS,B,2,9\n", measure: "PLO",
            .refused(.unsupportedCombination, row: nil, column: nil, ["PLO compares no two groups"])),
        MalformedNetwork(
            "measure of one group for contrasts", contrasts + link, measure: "PLO",
            .refused(.unsupportedCombination, row: nil, column: nil, ["PLO", "two groups"])),
        MalformedNetwork(
            "measure of other data", events + "S,A,1,9\nS,B,2,9\n", measure: "SMD",
            .refused(.missingColumn, row: nil, column: nil, ["for the measure SMD", "lacks mi, sdi"])),
        MalformedNetwork(
            "averages over groups that a network does not have", events + "S,A,1,9\nS,B,2,9\nT,B,2,9\nT,C,3,9\n",
            measure: "RD", settings: EffectSettings(variance: .averaged),
            .refused(.unsupportedCombination, row: nil, column: nil, ["AV of RD", "3 treatments", "LS"])),
        MalformedNetwork(
            "variance that the measure does not have", events + "S,A,1,9\nS,B,2,9\n", measure: "OR",
            settings: EffectSettings(variance: .homoscedastic),
            .refused(.unsupportedCombination, row: nil, column: nil, ["OR has no variance HO"])),
        MalformedNetwork(
            "negative correction", events + "S,A,1,9\nS,B,2,9\n",
            settings: EffectSettings(correction: ContinuityCorrection(amount: -1)),
            .refused(.invalidSetting, row: nil, column: nil, ["0 or more"])),
    ]
}
