import Foundation

/// The table of `docs/accuracy.md`: rounded errors by family, function and region.
struct AccuracyTable {
    struct Row {
        var name: String
        var cases: Int
        /// By region; nil where no reference falls.
        var limits: [Double?]

        init(name: String, cases: Int, limits: [Double?]) {
            self.name = name
            self.cases = cases
            self.limits = limits
        }

        init(_ measurement: AccuracyMeasurement) {
            self.init(
                name: "\(measurement.family) | \(measurement.function)", cases: measurement.cases,
                limits: measurement.greatestError.map { $0.map(AccuracyTable.roundedUp) })
        }

        var text: String {
            let cells = limits.map { $0.map { String(format: "%.0e", $0) } ?? "" }
            return "| \(name) | \(cells.joined(separator: " | ")) | \(cases) |"
        }
    }

    enum Failure: Error {
        case noTable
        case malformedRow(String)
    }

    var rows: [Row]

    private static let head = [
        "| family | function | p ≥ 10⁻³ | p ≥ 10⁻³⁰ | p ≥ 10⁻³⁰⁰ | cases |", "|---|---|---|---|---|---|",
    ]
    private static let begin = "<!-- begin measured -->"
    private static let end = "<!-- end measured -->"

    init(measurements: [AccuracyMeasurement]) {
        rows = measurements.map(Row.init)
    }

    /// Reads the table between the marks of a document.
    init(document: URL) throws {
        let lines = try String(contentsOf: document, encoding: .utf8).components(separatedBy: "\n")
        guard let begin = lines.firstIndex(of: Self.begin), let end = lines.firstIndex(of: Self.end), begin < end,
            Array(lines[(begin + 1)...].prefix(2)) == Self.head
        else { throw Failure.noTable }
        rows = try lines[(begin + 3)..<end].map { line in
            let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 8, let cases = Int(cells[6]) else { throw Failure.malformedRow(line) }
            return Row(name: "\(cells[1]) | \(cells[2])", cases: cases, limits: cells[3...5].map(Double.init))
        }
    }

    /// Replaces the table between the marks of a document.
    func write(to document: URL) throws {
        let text = try String(contentsOf: document, encoding: .utf8)
        guard let begin = text.range(of: Self.begin), let end = text.range(of: Self.end) else { throw Failure.noTable }
        let table = (Self.head + rows.map(\.text)).joined(separator: "\n")
        let updated = text[..<begin.upperBound] + "\n" + table + "\n" + text[end.lowerBound...]
        try String(updated).write(to: document, atomically: true, encoding: .utf8)
    }

    /// The next number of one digit, at least 5e-16: smaller errors are a matter of the C library and the compiler.
    static func roundedUp(_ error: Double) -> Double {
        let least = max(error, 5e-16)
        var scale = 1.0
        while scale > least { scale /= 10 }
        let digit = (least / scale).rounded(.up)
        return Double("\(Int(digit))e\(Int(log10(scale).rounded()))") ?? .infinity
    }
}
