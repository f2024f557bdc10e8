import MetaAnalysis

/// A self-contained HTML file: sections one after the other, a table of contents, and the JSON of the answers.
///
/// The page works without scripts; its only script sorts tables. It loads nothing, which its content security policy enforces.
struct ReportPage {
    struct Section {
        /// Anchor of the section.
        var name: String
        var title: String
        /// HTML of the section.
        var content: String
    }

    var title: String
    /// Question that the report answers, one sentence.
    var question: String
    var sections: [Section]
    /// JSON documents with the names of their commands.
    var documents: [(name: String, json: String)]

    var html: String {
        var html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="metaan \(Metaan.version)">
            <title>\(title.escapedForHTML)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the results</a>
            <header>
            <h1>\(title.escapedForHTML)</h1>
            <p>\(question.escapedForHTML)</p>
            <nav aria-label="Contents"><ol>

            """
        for section in sections {
            html += "<li><a href=\"#\(section.name)\">\(section.title.escapedForHTML)</a></li>\n"
        }
        html += "</ol></nav>\n</header>\n<main id=\"content\">\n"
        for section in sections {
            html += "<section id=\"\(section.name)\" aria-labelledby=\"\(section.name)-title\">\n"
            html += "<h2 id=\"\(section.name)-title\">\(section.title.escapedForHTML)</h2>\n"
            html += section.content + "</section>\n"
        }
        html +=
            "</main>\n<footer><p>Made with metaan \(Metaan.version). The answers as data are part of this file.</p></footer>\n"
        for document in documents {
            // Within a script element only its closing tag is interpreted, so "<" is escaped.
            let json = document.json.replacing("<", with: "\\u003c")
            html += "<script type=\"application/json\" id=\"metaan-\(document.name)\">\n\(json)\n</script>\n"
        }
        return html + "<script>\n\(Self.script)\n</script>\n</body>\n</html>\n"
    }

    private static let style = """
        :root { --paper: #fff; --ink: #1a1a1a; --soft: #595959; --line: #d0d0d0; --shade: #f4f4f4; --link: #0b57a4 }
        @media (prefers-color-scheme: dark) {
        :root { --paper: #16181b; --ink: #e8e8e8; --soft: #a8a8a8; --line: #3c4046; --shade: #1f2226; --link: #8ab4f8 } }
        * { box-sizing: border-box }
        body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink);
        font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; overflow-wrap: break-word }
        h1 { font-size: 1.6rem; line-height: 1.25 } h2 { font-size: 1.3rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line) }
        h3 { font-size: 1.1rem; margin-top: 2rem }
        a { color: var(--link) } footer { color: var(--soft); margin-top: 3rem }
        .skip { position: absolute; left: -100rem } .skip:focus { position: static }
        .scroll, pre { overflow-x: auto; max-width: 100% } :focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; margin: .5rem 0 }
        th, td { padding: .25rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
        thead th { border-bottom: 2px solid var(--soft) } tbody th { font-weight: normal } .number { text-align: right; white-space: nowrap }
        .total th, .total td, .section th { font-weight: 600; background: var(--shade) }
        th button { all: unset; cursor: pointer } th button:focus-visible { outline: 2px solid var(--link) }
        figure { margin: 1rem 0; overflow-x: auto } figure svg { max-width: 100%; height: auto; background: #fff }
        figcaption { color: var(--soft); font-size: .9rem }
        pre { background: var(--shade); padding: .75rem; font-size: .85rem }
        #data table { font-size: .85rem } @media screen { #data th, #data td { white-space: nowrap } }
        @media print { #data table { font-size: 7pt } body { max-width: none; padding: 0; font-size: 10pt } nav, .skip { display: none }
        .scroll, pre, figure { overflow: visible } pre { white-space: pre-wrap } tr, figure { break-inside: avoid }
        :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --shade: #f4f4f4; --link: #000 } }
        """

    /// Script that sorts the entries of a table between its totals by a column, as numbers if all of them are numbers.
    private static let script = """
        document.querySelectorAll("table").forEach(function (table) {
          var body = table.tBodies[0];
          if (!body || body.querySelector(".section") || body.rows.length < 3) return;
          Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, index) {
            var button = document.createElement("button");
            button.textContent = cell.textContent;
            cell.textContent = "";
            cell.appendChild(button);
            button.addEventListener("click", function () {
              var down = cell.getAttribute("aria-sort") === "ascending";
              Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
              cell.setAttribute("aria-sort", down ? "descending" : "ascending");
              var rows = Array.prototype.filter.call(body.rows, function (row) { return !row.className; });
              var end = rows[rows.length - 1].nextSibling;
              function value(row) {
                var text = row.cells[index] ? row.cells[index].textContent : "";
                var number = parseFloat(text.replace("\\u2212", "-").replace(/^[=<>\\s]+/, ""));
                return isNaN(number) ? text : number;
              }
              rows.sort(function (a, b) {
                var x = value(a), y = value(b);
                var order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
                return down ? -order : order;
              });
              rows.forEach(function (row) { body.insertBefore(row, end); });
            });
          });
        });
        """
}
