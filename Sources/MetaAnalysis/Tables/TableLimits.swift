/// How large a table and its parts may be; what is larger is refused by name before memory is taken for it.
///
/// The bounds lie far above any table of studies, so that what exceeds them is none: a device, an archive made to fill memory, a
/// line or a quoted field that never ends. A stream of groups has no bound of its own, only its rows and groups have.
package struct TableLimits: Hashable, Sendable {
    /// Bytes of a row, of the header, and of blank lines in sequence.
    package var rowBytes = 1 << 24
    package var columns = 1 << 16
    /// Bytes of a table that is held in memory: a file read as a whole, or a group of a stream.
    package var tableBytes = 1 << 28
    /// Rows of such a table: as many as a sheet of a workbook has.
    package var tableRows = 1 << 20
    /// Fields of such a table.
    package var tableFields = 1 << 26
    /// Rows of a group of a stream that reports effects, of which two numbers each are held.
    package var groupRows = 1 << 24

    package init() {}

    /// For text that the caller holds in memory already.
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

    /// A number of bytes for messages, such as "16 MiB".
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
