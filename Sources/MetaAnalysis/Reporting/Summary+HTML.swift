extension Summary {
    /// Returns HTML fragments with the content of the text, without the sketch: headings, paragraphs, lists, and tables that scroll by
    /// themselves if they are wide.
    ///
    /// Every text is escaped, so no text of the data is interpreted as markup.
    ///
    /// - Parameter headingLevel: level of `.heading` blocks, 1 to 6; default 2.
    public func html(headingLevel: Int = 2) -> String {
        blocks.map { $0.html(headingLevel) }.joined()
    }
}

extension Summary.Block {
    fileprivate func html(_ level: Int) -> String {
        switch self {
        case .heading(let heading): "<h\(level)>\(heading.escapedForHTML)</h\(level)>\n"
        case .paragraph(let paragraph): "<p>\(paragraph.escapedForHTML)</p>\n"
        case .list(let items): "<ul>\n" + items.map { "<li>\($0.escapedForHTML)</li>\n" }.joined() + "</ul>\n"
        case .table(let table): table.html
        case .verbatim(let lines): "<pre tabindex=\"0\"><code>\(lines.escapedForHTML)</code></pre>\n"
        }
    }
}

extension Summary.Table {
    fileprivate var html: String {
        func kind(_ column: Int) -> String { columns[column].alignment == .trailing ? " class=\"number\"" : "" }
        let titles = columns.indices.map { "<th scope=\"col\"\(kind($0))>\(columns[$0].title.escapedForHTML)</th>" }
        var html = "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">\n<table>\n"
        html += "<thead><tr>\(titles.joined())</tr></thead>\n<tbody>\n"
        for row in rows {
            if row.role == .section {
                let title = row.cells.first?.escapedForHTML ?? ""
                html += "<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"\(columns.count)\">\(title)</th></tr>\n"
                continue
            }
            // The first cell is the header of its row.
            let cells = row.cells.indices.map { index in
                index == 0
                    ? "<th scope=\"row\"\(kind(0))>\(row.cells[0].escapedForHTML)</th>"
                    : "<td\(kind(index))>\(row.cells[index].escapedForHTML)</td>"
            }
            html += "<tr\(row.role == .entry ? "" : " class=\"total\"")>\(cells.joined())</tr>\n"
        }
        return html + "</tbody>\n</table>\n</div>\n"
    }
}

extension String {
    /// The text escaped for HTML content and for quoted attributes, without the characters that XML forbids.
    package var escapedForHTML: String {
        var text = ""
        text.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\t", "\n", "\r": text.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
