/// Whether text is well-formed XML of the kind figures use: one root, elements closed in turn, attributes in quotes, known
/// entities, no character that XML forbids.
struct XMLChecker {
    private var rest: Substring.UnicodeScalarView
    private var open: [String] = []
    /// Names of all elements in order.
    private(set) var elements: [String] = []
    /// The texts between tags, with entities resolved.
    private(set) var texts: [String] = []
    private(set) var failure: String?

    init(_ text: String) {
        rest = Substring(text).unicodeScalars
        var roots = 0
        while failure == nil, let first = rest.first {
            if first == "<" {
                rest.removeFirst()
                if rest.first == "/" {
                    close()
                } else {
                    if open.isEmpty { roots += 1 }
                    start()
                }
            } else {
                var scalars = String.UnicodeScalarView()
                while let next = rest.first, next != "<" {
                    scalars.append(next)
                    rest.removeFirst()
                }
                let resolved = resolve(String(scalars))
                if open.isEmpty, !resolved.allSatisfy(\.isWhitespace) { failure = "text outside the root" }
                if !resolved.allSatisfy(\.isWhitespace) { texts.append(resolved) }
            }
        }
        if failure == nil, !open.isEmpty { failure = "\(open.last ?? "") is not closed" }
        if failure == nil, roots != 1 { failure = "\(roots) roots" }
    }

    private mutating func name() -> String {
        var name = ""
        while let next = rest.first, next.properties.isAlphabetic || next == "-" || ("0"..."9").contains(next) {
            name.unicodeScalars.append(next)
            rest.removeFirst()
        }
        if name.isEmpty { failure = "a tag without a name" }
        return name
    }

    private mutating func close() {
        rest.removeFirst()
        let closed = name()
        if open.popLast() != closed { failure = "\(closed) is closed out of turn" }
        if rest.popFirst() != ">" { failure = "\(closed) is closed badly" }
    }

    private mutating func start() {
        let element = name()
        elements.append(element)
        while failure == nil {
            while rest.first == " " { rest.removeFirst() }
            switch rest.first {
            case ">":
                rest.removeFirst()
                open.append(element)
                return
            case "/":
                rest.removeFirst()
                if rest.popFirst() != ">" { failure = "\(element) ends badly" }
                return
            default: attribute()
            }
        }
    }

    private mutating func attribute() {
        let attribute = name()
        guard failure == nil, rest.popFirst() == "=", rest.popFirst() == "\"" else {
            failure = failure ?? "\(attribute) has no value"
            return
        }
        var value = ""
        while let next = rest.popFirst() {
            if next == "\"" {
                _ = resolve(value)
                return
            }
            if next == "<" { failure = "< in \(attribute)" }
            value.unicodeScalars.append(next)
        }
        failure = "\(attribute) does not end"
    }

    private mutating func resolve(_ text: String) -> String {
        var resolved = ""
        var left = Substring(text)
        while let character = left.first {
            if character == "&" {
                let entities = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'"]
                guard let entity = entities.first(where: { left.hasPrefix($0.key) }) else {
                    failure = "& begins no entity in \(text)"
                    return resolved
                }
                resolved += entity.value
                left = left.dropFirst(entity.key.count)
            } else {
                for scalar in character.unicodeScalars
                where (scalar.value < 32 && scalar != "\n") || scalar.value == 0xFFFE {
                    failure = "a character that XML forbids"
                }
                resolved.append(character)
                left.removeFirst()
            }
        }
        return resolved
    }
}
