import Foundation
import Testing

/// Transcripts of `convert`, and of the commands that read what it reads.
@Suite struct ConvertCommandTests {
    private static let mixedArms = """
        study,n1i,m1i,sd1i,q1_1i,median1i,q3_1i,n2i,m2i,sd2i,se2i,min2i,median2i,max2i
        "Smith, A.",20,10,4,,,,21,12,5,,,,
        Jones,20,,,8,10,13,25,9,,0.8,,,
        Braun,60,,,2,3,12,60,,,,1,9,20
        Weiss,20,,,,,,20,11,4,,,,

        """

    static let conversions: [OutputExample] = [
        OutputExample(name: "convert-mean", arguments: ["convert", "mean", "-"], input: mixedArms),
        OutputExample(
            name: "convert-mean-csv", arguments: ["convert", "mean", "-", "--format", "csv"], input: mixedArms),
        OutputExample(
            name: "convert-mean-json",
            arguments: ["convert", "mean", "min=2", "median=4", "max=9", "n=100", "--method", "qe", "--format", "json"]),
        OutputExample(
            name: "convert-sd-markdown",
            arguments: ["convert", "sd", "-", "--reported-level", "0.9", "--format", "markdown"],
            input: "study,n1,mean1,n2,mean2,ci_low,ci_high,p\nA,25,32.1,22,28.3,,,0.008\nB,25,30,22,28,0.5,3.5,\n"),
        OutputExample(
            name: "convert-se", arguments: ["convert", "se", "or=0.64", "ci_low=0.33", "ci_high=1.22"]),
        OutputExample(
            name: "convert-combine",
            arguments: [
                "convert", "combine", "n1=10", "mean1=5", "sd1=2", "n2=12", "mean2=6", "sd2=2.5", "n3=9", "mean3=4",
                "sd3=2",
            ]),
        OutputExample(
            name: "convert-change",
            arguments: ["convert", "change", "sd_baseline=4", "sd_final=4.4", "sd_change=3", "--format", "csv"]),
        OutputExample(
            name: "convert-effect",
            arguments: ["convert", "effect", "or=2.5", "ci_low=1.2", "ci_high=5.2", "--to", "cor"]),
        OutputExample(
            name: "convert-table",
            arguments: ["convert", "table", "chi2=1.63", "n=72", "n1=42", "events=40", "--uncorrected"]),
        OutputExample(
            name: "convert-absolute",
            arguments: ["convert", "absolute", "risk=0.3", "or=0.73", "ci_low=0.5", "ci_high=1.1"]),
        OutputExample(
            name: "convert-scale",
            arguments: ["convert", "scale", "value=-1.2", "ci_low=-2", "ci_high=-0.4", "tau2=0.4", "--scale", "logit"]),
        OutputExample(
            name: "convert-scale-forward",
            arguments: ["convert", "scale", "value=0.3", "n=40", "--scale", "freeman-tukey", "--forward"]),
    ]

    /// What `convert` does first, `pool` and `effects` do themselves.
    static let mixedRows: [OutputExample] = [
        OutputExample(name: "pool-mixed-arms", arguments: ["pool", "-", "--measure", "MD"], input: mixedArms),
        OutputExample(name: "effects-mixed-arms", arguments: ["effects", "-", "--format", "json"], input: mixedArms),
        OutputExample(
            name: "pool-mixed-rows", arguments: ["pool", "-", "--measure", "HR", "--quantiles", "qe"],
            input: "study,oe,v,hr,ci_low,ci_high,se\nA,-8.5,21,,,,\nB,,,0.75,0.6,0.9375,\nC,-2,14,,,,\nD,,,0.9,,,0.2\n"),
        OutputExample(
            name: "pool-mixed-rows-r", arguments: ["pool", "-", "--measure", "OR", "--emit", "r"],
            input:
                "study,ai,n1i,ci,n2i,yi,vi,or,ci_low,ci_high\nA,4,40,9,41,,,,,\nB,,,,,-0.4,0.1,,,\nC,,,,,,,0.7,0.5,0.98\n"
        ),
        OutputExample(
            name: "pool-mixed-arms-r", arguments: ["pool", "-", "--measure", "MD", "--emit", "r"], input: mixedArms),
    ]

    static let refusedConversions: [(OutputExample, Int32)] = [
        (
            OutputExample(
                name: "error-convert-order", arguments: ["convert", "mean", "-"],
                input: "study,q1,median,q3,n\nA,8,10,13,20\nB,11,10,13,20\n"), 65
        ),
        (OutputExample(name: "error-convert-value", arguments: ["convert", "absolute", "risk=30", "rr=0.5"]), 65),
        (OutputExample(name: "error-convert-name", arguments: ["convert", "se", "ratio=2", "q1=3"]), 64),
        (OutputExample(name: "error-convert-number", arguments: ["convert", "se", "ratio=2", "0.3"]), 64),
        (
            OutputExample(
                name: "error-convert-lacking", arguments: ["convert", "change", "sd_baseline=2", "sd_final=3"]), 65
        ),
        (OutputExample(name: "error-convert-kind", arguments: ["convert", "median", "n=2"]), 64),
        (OutputExample(name: "error-convert-columns", arguments: ["convert", "mean", "bcg"]), 65),
        (
            OutputExample(
                name: "error-convert-strict", arguments: ["convert", "mean", "-", "--strict"], input: mixedArms), 65
        ),
    ]

    @Test(arguments: conversions + mixedRows) func converts(example: OutputExample) throws { try example.expectRun() }

    @Test(arguments: refusedConversions) func refusesToConvert(example: OutputExample, status: Int32) throws {
        try example.expectFailure(status)
    }

    /// What `convert` writes `pool` reads.
    @Test func convertedFilesCanBePooled() throws {
        let converted = try CommandRun(
            ["convert", "mean", "-", "--format", "csv"], input: Data(Self.mixedArms.utf8))
        let pooled = try CommandRun(
            ["pool", "-", "--measure", "SMD", "--format", "json"], input: Data(converted.text.utf8))
        #expect(pooled.status == 0)
        #expect(pooled.text.contains("\"k\": 3"))
    }
}
