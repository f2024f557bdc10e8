/// Writes figures as SVG 1.1. Text remains text, numbers have at most two decimals, and equal figures give equal bytes.
struct SVGRenderer {
    var identifier = "figure"

    func document(_ figure: Figure) -> String {
        var output = Output()
        let name = identifier.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        output.open("svg")
        output.attribute("xmlns", "http://www.w3.org/2000/svg")
        output.attribute("width", figure.width.rounded(.up))
        output.attribute("height", figure.height.rounded(.up))
        output.raw(" viewBox=\"0 0 ")
        output.number(figure.width.rounded(.up))
        output.raw(" ")
        output.number(figure.height.rounded(.up))
        output.raw("\"")
        output.attribute("role", "img")
        output.attribute("aria-labelledby", "\(name)-title \(name)-desc")
        output.attribute("font-family", TextMetrics.family)
        output.raw(">\n<title id=\"\(name)-title\">")
        output.escaped(figure.title.drawable)
        output.raw("</title>\n<desc id=\"\(name)-desc\">")
        output.escaped(figure.summary.drawable)
        output.raw("</desc>\n")
        let page = Box(x: 0, y: 0, width: figure.width.rounded(.up), height: figure.height.rounded(.up))
        output.mark(.rectangle(page, fill: figure.background))
        for mark in figure.marks { output.mark(mark) }
        output.raw("</svg>\n")
        return String(decoding: output.bytes, as: UTF8.self)
    }
}

private struct Output {
    var bytes: [UInt8] = []

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func escaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): raw("&amp;")
            case UInt8(ascii: "<"): raw("&lt;")
            case UInt8(ascii: ">"): raw("&gt;")
            case UInt8(ascii: "\""): raw("&quot;")
            case UInt8(ascii: "'"): raw("&#39;")
            default: bytes.append(byte)
            }
        }
    }

    /// Writes a number rounded to hundredths, without trailing zeros.
    mutating func number(_ value: Double) {
        let hundredths = (min(max(value, -1e9), 1e9) * 100).rounded()
        guard hundredths.isFinite else { return raw("0") }
        let whole = Int(hundredths)
        if whole < 0 { bytes.append(UInt8(ascii: "-")) }
        let size = whole.magnitude
        raw(String(size / 100))
        let rest = size % 100
        guard rest > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(48 + rest / 10))
        if rest % 10 > 0 { bytes.append(UInt8(48 + rest % 10)) }
    }

    mutating func open(_ name: String) {
        bytes.append(UInt8(ascii: "<"))
        raw(name)
    }

    mutating func attribute(_ name: String, _ value: String) {
        raw(" \(name)=\"")
        escaped(value)
        raw("\"")
    }

    mutating func attribute(_ name: String, _ value: Double) {
        raw(" ")
        raw(name)
        raw("=\"")
        number(value)
        raw("\"")
    }

    mutating func point(_ x: String, _ y: String, _ point: Point) {
        attribute(x, point.x)
        attribute(y, point.y)
    }

    mutating func points(_ points: [Point]) {
        raw(" points=\"")
        for (index, point) in points.enumerated() {
            if index > 0 { raw(" ") }
            number(point.x)
            raw(",")
            number(point.y)
        }
        raw("\"")
    }

    mutating func fill(_ color: Color?) {
        attribute("fill", color?.code ?? "none")
        if let color, color.opacity < 1 { attribute("fill-opacity", color.opacity) }
    }

    mutating func stroke(_ stroke: Stroke?) {
        guard let stroke else { return }
        attribute("stroke", stroke.color.code)
        if stroke.color.opacity < 1 { attribute("stroke-opacity", stroke.color.opacity) }
        if stroke.width != 1 { attribute("stroke-width", stroke.width) }
        guard !stroke.dashes.isEmpty else { return }
        raw(" stroke-dasharray=\"")
        for (index, dash) in stroke.dashes.enumerated() {
            if index > 0 { raw(" ") }
            number(dash)
        }
        raw("\"")
    }

    mutating func mark(_ mark: Mark) {
        // A mark without a finite position is not drawn.
        if let bounds = mark.bounds {
            guard (bounds.x + bounds.y + bounds.width + bounds.height).isFinite else { return }
        }
        switch mark {
        case .line(let from, let to, let line):
            open("line")
            point("x1", "y1", from)
            point("x2", "y2", to)
            stroke(line)
            raw("/>\n")
        case .rectangle(let box, let color, let line):
            open("rect")
            point("x", "y", Point(box.x, box.y))
            attribute("width", box.width)
            attribute("height", box.height)
            fill(color)
            stroke(line)
            raw("/>\n")
        case .path(let places, let line):
            open("polyline")
            points(places)
            fill(nil)
            stroke(line)
            raw("/>\n")
        case .polygon(let places, let color, let line):
            open("polygon")
            points(places)
            fill(color)
            stroke(line)
            raw("/>\n")
        case .circle(let center, let radius, let color, let line):
            open("circle")
            point("cx", "cy", center)
            attribute("r", radius)
            fill(color)
            stroke(line)
            raw("/>\n")
        case .text(let label): text(label)
        case .group(let marks, let title):
            raw("<g><title>")
            escaped(title.drawable)
            raw("</title>\n")
            for mark in marks { self.mark(mark) }
            raw("</g>\n")
        }
    }

    private mutating func text(_ label: Label) {
        guard !label.text.isEmpty else { return }
        open("text")
        point("x", "y", label.origin)
        attribute("font-size", label.size)
        if label.isBold { attribute("font-weight", "bold") }
        switch label.anchor {
        case .start: break
        case .middle: attribute("text-anchor", "middle")
        case .end: attribute("text-anchor", "end")
        }
        if label.isUpright {
            raw(" transform=\"rotate(-90 ")
            number(label.origin.x)
            raw(" ")
            number(label.origin.y)
            raw(")\"")
        }
        fill(label.color)
        raw(">")
        if let whole = label.whole {
            raw("<title>")
            escaped(whole)
            raw("</title>")
        }
        escaped(label.text)
        raw("</text>\n")
    }
}
