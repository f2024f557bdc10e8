/// Limits of the size of a table and its parts. Anything larger is refused, naming the limit, before memory is allocated for it.
///
/// The limits are far above the size of any table of studies. Whatever exceeds them is something else: a device, an archive made to fill
/// memory, or a line or quoted field that never ends. A stream of groups has no limit as a whole, but its rows and groups have.
package struct TableLimits: Hashable, Sendable {
    /// Largest number of bytes of a row, of the header, and of consecutive blank lines. Default 16 MiB.
    package var rowBytes = 1 << 24
    package var columns = 1 << 16
    /// Largest number of bytes of a table in memory: a file read as a whole, or a group of a stream. Default 256 MiB.
    package var tableBytes = 1 << 28
    /// Largest number of rows of such a table, equal to that of a spreadsheet. Default 1,048,576.
    package var tableRows = 1 << 20
    /// Largest number of fields of such a table. Default 67,108,864.
    package var tableFields = 1 << 26
    /// Largest number of rows of a group of a stream that reports effects, each of which takes two numbers. Default 16,777,216.
    package var groupRows = 1 << 24

    package init() {}

    /// No limits, for text that the caller already has in memory.
    static let none: TableLimits = {
        var limits = TableLimits()
        limits.rowBytes = .max
        limits.columns = .max
        limits.tableBytes = .max
        limits.tableRows = .max
        limits.tableFields = .max
        limits.groupRows = .max
        return limits
    }()

    /// Returns a number of bytes for messages, such as "16 MiB".
    package static func bytes(_ count: Int) -> String {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        guard let (size, unit) = units.first(where: { count >= $0.0 && count % $0.0 == 0 }) else {
            return "\(count) bytes"
        }
        return "\(count / size) \(unit)"
    }
}

extension TableLimits {
    func headerFault(line: Int) -> CSVFault {
        CSVFault(
            "the header is longer than \(Self.bytes(rowBytes))",
            remedy: "check that its line end and closing quotes are there", line: line)
    }

    func rowFault(line: Int) -> CSVFault {
        CSVFault(
            "the row is longer than \(Self.bytes(rowBytes))",
            remedy: "check that its line ends and closing quotes are there", line: line)
    }

    func blankLinesFault(line: Int) -> CSVFault {
        CSVFault(
            "more than \(Self.bytes(rowBytes)) of blank lines stand in sequence", remedy: "take them away",
            line: line)
    }

    func columnsFault(_ count: Int, line: Int) -> CSVFault {
        CSVFault(
            "the header has \(count) columns, more than \(columns)",
            remedy: "keep the columns that the analysis needs", line: line)
    }

    func rowsFault(line: Int) -> CSVFault {
        CSVFault(
            "the table has more than \(tableRows) rows",
            remedy: "keep the rows of one analysis, or pool many analyses as a stream of groups", line: line)
    }

    func fieldsFault(line: Int) -> CSVFault {
        CSVFault(
            "the table has more than \(tableFields) fields",
            remedy: "keep the rows and columns that the analysis needs", line: line)
    }
}
