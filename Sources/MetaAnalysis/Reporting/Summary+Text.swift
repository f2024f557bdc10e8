extension Summary {
    /// Returns plain text for a terminal or an email, at most `width` columns wide unless a word or number needs more.
    public func text(width: Int = 80) -> String {
        var text = ""
        for (index, block) in blocks.enumerated() {
            if index > 0 { text += "\n" }
            switch block {
            case .heading(let heading):
                for line in heading.wrapped(toWidth: width) { text += line + "\n" }
                text += String(repeating: "=", count: min(width, heading.displayWidth)) + "\n"
            case .paragraph(let paragraph):
                for line in paragraph.wrapped(toWidth: width) { text += line + "\n" }
            case .list(let items):
                for item in items {
                    for (number, line) in item.wrapped(toWidth: width - 2).enumerated() {
                        text += (number == 0 ? "- " : "  ") + line + "\n"
                    }
                }
            case .table(let table): text += table.text(width: width)
            case .verbatim(let lines): text += lines + "\n"
            }
        }
        return text
    }
}

extension Summary.Table {
    private static let gap = 2
    private static let sketchWidths = 16...32

    fileprivate func text(width: Int) -> String {
        var widths = columns.indices.map { column in
            rows.reduce(columns[column].title.displayWidth) { max($0, $1.cells[column].displayWidth) }
        }
        let gaps = Self.gap * (columns.count - 1)
        let reserved = sketch == nil ? 0 : Self.sketchWidths.lowerBound + Self.gap
        shrink(&widths, by: widths.reduce(gaps + reserved, +) - width)
        let free = width - widths.reduce(gaps, +) - Self.gap
        let sketchWidth = max(Self.sketchWidths.lowerBound, min(Self.sketchWidths.upperBound, free))

        var text = line(columns.map(\.title), widths, sketch?.header(width: sketchWidth))
        let whole = widths.reduce(gaps, +) + (sketch == nil ? 0 : sketchWidth + Self.gap)
        let rule = String(repeating: "-", count: whole) + "\n"
        var previous = Row.Role?.none
        for row in rows {
            // A rule is drawn under the header and where the role changes, but not between the name of a section and its rows.
            if previous != row.role, previous != .section { text += rule }
            previous = row.role
            text += line(row.cells, widths, sketch?.line(row.mark, width: sketchWidth))
        }
        return text
    }

    /// Narrows the columns that may be cut or wrapped, the widest first, to at least 12 columns each.
    private func shrink(_ widths: inout [Int], by excess: Int) {
        var left = excess
        while left > 0,
            let widest = columns.indices.filter({ columns[$0].overflow != .keep && widths[$0] > 12 })
                .max(by: { widths[$0] < widths[$1] })
        {
            widths[widest] -= 1
            left -= 1
        }
    }

    /// Returns a row of the table, on several lines if a cell is wrapped.
    private func line(_ cells: [String], _ widths: [Int], _ sketch: String?) -> String {
        let shown = cells.indices.map { column in
            columns[column].overflow == .wrap
                ? cells[column].wrapped(toWidth: widths[column], indent: 2)
                : [cells[column].truncated(toWidth: widths[column])]
        }
        var text = ""
        for number in 0..<max(1, shown.map(\.count).max() ?? 1) {
            var line = ""
            for (column, lines) in shown.enumerated() {
                if column > 0 { line += String(repeating: " ", count: Self.gap) }
                let cell = number < lines.count ? lines[number] : ""
                let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
                line += columns[column].alignment == .leading ? cell + padding : padding + cell
            }
            if let sketch, number == 0 { line += String(repeating: " ", count: Self.gap) + sketch }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}
