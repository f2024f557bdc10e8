import ArgumentParser
import MetaAnalysis
import SystemPackage

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract:
            "What studies report as what an analysis needs: means and SDs from quantiles, SEs from intervals, d from OR …",
        discussion: """
            Converts every row of a file, adding columns that the other commands read, or
            the numbers on the command line. Values that are there already are kept.

            KINDS
              mean      mean and SD of a group, or of two, from SE, CI or quantiles
                        (min q1 median q3 max n; q1_1i median1i q3_1i n1i …)
              sd        SD from se n, from ci_low ci_high n, or of two groups from the
                        difference of their means with se, ci_low ci_high, t or p
              se        yi and sei from estimate (or ratio) with ci_low ci_high, z or p
              combine   groups n1i m1i sd1i n2i m2i sd2i … or x1i n1i … as one
              change    SD of a change from sd_baseline sd_final r, or their r
              effect    smd, or, log_or, r or fisher_z as another (--to), with se, CI or n
              table     ai bi ci di from or, phi or chi2 with n n1 events
              absolute  risk, difference and NNT from risk with rr, or, rd or hr
              scale     value back from a scale (--scale); with tau2 also their mean

            EXAMPLES
              metaan convert mean trials.csv --format csv -o complete.csv
              metaan convert mean trials.csv --format csv | metaan pool - --measure SMD
              metaan convert mean q1=8 median=10 q3=13 n=20
              metaan convert mean min=2 median=4 max=9 n=100 --method QE
              metaan convert se ratio=0.64 ci_low=0.33 ci_high=1.22
              metaan convert effect or=2.5 ci_low=1.2 ci_high=5.2 --to SMD
              metaan convert absolute risk=0.3 or=0.73
              metaan convert scale value=-1.2 tau2=0.4 --scale logit
            """)

    @Argument(help: "What to convert to: mean, sd, se, combine, change, effect, table, absolute or scale.")
    var kind: ConversionKind

    @OptionGroup(title: "Input") var input: InputOptions

    @Argument(help: .init("Numbers instead of a file, such as q1=8 median=10 q3=13 n=20.", valueName: "name=value"))
    var numbers: [String] = []

    @OptionGroup(title: "Conversion") var conversion: ConversionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        var settings = conversion.settings
        settings.level = input.intervalLevel
        let (table, converted) = try convert(settings)
        try output.write(
            ConvertAnswer(
                input: table.map(InputRecord.init),
                settings: .init(
                    kind: kind, conversion: settings, columns: input.columns, filters: input.filter),
                converted: converted),
            file: table?.name ?? "convert")
    }

    private func convert(_ settings: ConversionSettings) throws -> (Table?, ConvertedTable) {
        let given = [input.file] + numbers
        // The name of a file may contain "=".
        guard numbers.isEmpty, !input.file.contains("=") || Platform.exists(FilePath(input.file)) else {
            return (nil, try converted(numbers: given, settings))
        }
        return try input.withTable { table, assignments in
            (table, try TableConversion(kind, settings: settings, assignments: assignments).convert(table))
        }
    }

    /// Converts the numbers of the command line, which are a table of one row; in messages, the name of a number is its location.
    private func converted(numbers: [String], _ settings: ConversionSettings) throws -> ConvertedTable {
        var names: [String] = []
        var values: [String] = []
        for number in numbers {
            let sides = number.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[1].contains(where: { ",\"".contains($0) }) else {
                throw CommandFailure(
                    .usage,
                    "\(number) is not a number with a name; write name=value, such as median=10, or one file alone")
            }
            guard kind.reads(String(sides[0])) else {
                throw CommandFailure(
                    .usage, "there is no number \(sides[0]) for \(kind.rawValue); it takes \(kind.needs)")
            }
            names.append(String(sides[0]))
            values.append(String(sides[1]))
        }
        do {
            let table = try Table(
                csv: names.joined(separator: ",") + "\n" + values.joined(separator: ",") + "\n", name: "command line",
                separator: .comma)
            return try TableConversion(kind, settings: settings).convert(table)
        } catch var error as MetaAnalysisError {
            error.location.file = nil
            error.location.row = nil
            error.location.study = nil
            throw CommandFailure(error, file: nil)
        }
    }
}
