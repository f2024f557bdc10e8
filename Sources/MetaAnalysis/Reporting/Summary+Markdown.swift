extension Summary {
    /// GitHub-flavored Markdown with the content of the text, without the sketch.
    public var markdown: String {
        blocks.map(\.markdown).joined(separator: "\n")
    }
}

extension Summary.Block {
    fileprivate var markdown: String {
        switch self {
        case .heading(let heading): "## \(heading.escapedForMarkdown)\n"
        case .paragraph(let paragraph): paragraph.escapedForMarkdown + "\n"
        case .list(let items): items.map { "- \($0.escapedForMarkdown)\n" }.joined()
        case .table(let table): table.markdown
        case .verbatim(let lines): "```\n\(lines)\n```\n"
        }
    }
}

extension Summary.Table {
    fileprivate var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = line(columns.map(\.title.escapedForMarkdown))
        text += line(columns.map { $0.alignment == .leading ? ":---" : "---:" })
        for row in rows {
            text += line(
                row.cells.map { cell in
                    let escaped = cell.escapedForMarkdown
                    return row.role != .entry && !escaped.isEmpty ? "**\(escaped)**" : escaped
                })
        }
        return text
    }
}

extension String {
    /// The text with a backslash before every character that is Markdown syntax, and with HTML characters escaped.
    fileprivate var escapedForMarkdown: String {
        var text = ""
        for index in indices {
            let next = self.index(after: index)
            // "<" and "&" are plain text if a blank follows.
            let opensMarkup = next < endIndex && !self[next].isWhitespace
            switch self[index] {
            case "\\", "|", "*", "_", "`", "[", "]", "#", "~": text.append("\\\(self[index])")
            case "<" where opensMarkup: text.append("&lt;")
            case "&" where opensMarkup: text.append("&amp;")
            default: text.append(self[index])
            }
        }
        return text
    }
}
