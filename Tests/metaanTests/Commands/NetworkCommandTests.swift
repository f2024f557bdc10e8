import Foundation
import Testing

@Suite struct NetworkCommandTests {
    private static let arms = """
        study,treatment,events,n,base,region
        T1,A,10,100,1,EU
        T1,B,16,101,1,EU
        T2,A,8,90,2,US
        T2,B,15,92,2,US
        T3,B,7,95,4,EU
        T3,C,9,96,4,EU
        T4,A,11,80,3,US
        T4,C,12,81,3,US

        """

    private static let contrasts = """
        study,treat1,treat2,yi,sei,base
        T1,X,P,0.20,0.10,1
        T2,X,P,0.32,0.12,2
        T3,X,P,0.45,0.15,4
        T4,X,P,0.28,0.11,3

        """

    private func run(_ arguments: [String], _ input: String = NetworkCommandTests.arms) throws -> CommandRun {
        try CommandRun(arguments, input: Data(input.utf8))
    }

    private func analysis(_ arguments: [String], _ input: String = NetworkCommandTests.arms) throws -> [String: Any] {
        let run = try run(arguments + ["--format", "json"], input)
        #expect(run.status == 0, "\(run.errors)")
        let document = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        return try #require((document["analyses"] as? [[String: Any]])?.first)
    }

    @Test(arguments: [
        ["pool", "-"], ["bias", "-"], ["sensitivity", "-"], ["plot", "forest", "-"],
        ["regress", "-", "--moderators", "base"],
    ])
    func commandsOfOneEffectRefuseNetworks(_ arguments: [String]) throws {
        for (input, column) in [
            (Self.arms, "treatment"), (Self.contrasts.replacing("T4,X,P", with: "T4,P,X"), "treat1"),
        ] {
            let run = try run(arguments, input)
            #expect(run.status == 64 || run.status == 65)
            #expect(run.text.isEmpty && run.errors.contains(column) && run.errors.contains("command network"))
        }
    }

    @Test(arguments: [
        ["pool", "-", "--subgroup", "treatment"], ["pool", "-", "--columns", "treatment="],
        ["pool", "-", "--filter", "treatment=A"], ["regress", "-", "--moderators", "factor(treatment)"],
    ])
    func armsThatAreToldApartArePooled(_ arguments: [String]) throws {
        let run = try run(arguments)
        #expect(run.status == 0, "\(run.errors)")
    }

    /// All pairs of every study, as the network has them.
    @Test func effectsOfANetwork() throws {
        let found = try analysis(["effects", "-"])
        let effects = try #require(found["effects"] as? [[String: Any]])
        #expect(found["measure"] as? String == "OR" && effects.count == 4)
        let first = try #require(effects.first)
        #expect(
            first["label"] as? String == "T1" && first["treatment"] as? String == "A"
                && first["versus"] as? String == "B")
        let estimate = try #require(first["estimate"] as? Double)
        #expect(abs(estimate - log(10.0 / 90 / (16.0 / 85))) < 1e-12)
        let singles = try analysis(["effects", "-", "--measure", "PLO"])
        #expect((singles["effects"] as? [Any])?.count == 8)
    }

    /// Weighted least squares of four contrasts (R: lm with weights 1/se²) give 0.2063117 at 1.
    @Test func effectsAtAValueOfTheCovariate() throws {
        let found = try analysis(
            ["network", "-", "--model", "common", "--covariate", "base", "--at", "base=1"], Self.contrasts)
        let effect = try #require((found["regressionEffects"] as? [[String: Any]])?.first)
        let estimate = try #require(effect["estimate"] as? Double)
        #expect(effect["treatment"] as? String == "P" && abs(estimate + 0.2063117) < 5e-8)
        let text = try run(["network", "-", "--model", "common", "--covariate", "base", "--at", "9"], Self.contrasts)
        #expect(text.text.contains("extrapolation"))
    }

    @Test(arguments: [
        (["--covariate", "region"], "--subgroup 'region'"),
        (["--covariate", "base", "--covariate", "n"], "--covariate stands more than once"),
        (["--at", "1"], "--covariate"), (["--covariate", "base", "--at", "n=1"], "not about the covariate"),
        (["--covariate", "base", "--at", "base=x"], "no number"),
    ])
    func covariatesThatCannotBeUsed(_ arguments: [String], _ message: String) throws {
        let run = try run(["network", "-"] + arguments)
        #expect((run.status == 64 || run.status == 65) && run.errors.contains(message), "\(run.errors)")
    }

    /// The page says what the command says.
    @Test func aReportKeepsWhatTheNetworkSays() throws {
        let report = try CommandRun(["report", "dong2013", "--better", "lower"])
        let plain = try CommandRun(["network", "dong2013", "--better", "lower", "--format", "json"])
        #expect(report.text.contains("0.5 added to the cells of all arms of 12 of 41 studies"))
        let document = try #require(try JSONSerialization.jsonObject(with: plain.output) as? [String: Any])
        let analysis = try #require((document["analyses"] as? [[String: Any]])?.first)
        let head = "<script type=\"application/json\" id=\"metaan-network\">\n"
        let start = try #require(report.text.range(of: head)?.upperBound)
        let end = try #require(report.text.range(of: "\n</script>", range: start..<report.text.endIndex)?.lowerBound)
        let page = try #require(
            try JSONSerialization.jsonObject(with: Data(report.text[start..<end].utf8)) as? [String: Any])
        let own = try #require((page["analyses"] as? [[String: Any]])?.first)
        for key in ["diagnostics", "excluded"] {
            #expect(own[key] as? NSArray == analysis[key] as? NSArray, "\(key)")
        }
    }

    @Test func modelsOfCountsNameTheirComparisons() throws {
        let found = try analysis(["network", "dong2013", "--model", "mantel-haenszel"])
        let comparisons = try #require((found["comparisons"] as? [String: Any])?["names"] as? [String])
        #expect(comparisons.contains("ICS:Placebo"))
    }

    @Test func theTargetOfTheCorrection() throws {
        let input = "study,treatment,events,n\nS,A,8,308\nS,B,0,28\nT,A,9,100\nT,B,7,90\n"
        func estimate(_ arguments: [String]) throws -> Double {
            let effects = try analysis(["effects", "-", "--measure", "RD"] + arguments, input)["effects"]
            return try #require((effects as? [[String: Any]])?.first?["estimate"] as? Double)
        }
        #expect(abs(try estimate([]) - 8.0 / 308) < 1e-12)
        #expect(abs(try estimate(["--correction-target", "estimate-and-variance"]) - (8.5 / 309 - 0.5 / 29)) < 1e-12)
    }
}
