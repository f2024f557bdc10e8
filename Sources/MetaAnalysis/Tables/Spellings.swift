/// Names that differ in blanks or capital letters only, as "Low" and "low ".
struct Spellings {
    /// By the folded name, the spellings in the order of their appearance.
    private var spellings: [String: [String]] = [:]
    private var order: [String] = []

    /// Names shorter than this may differ in capital letters alone: "a" and "A".
    private let leastLength: Int

    init(ofLabels isOfLabels: Bool = false) { leastLength = isOfLabels ? 4 : 0 }

    init(_ names: some Sequence<String?>) {
        self.init()
        for case let name? in names { _ = canonical(name) }
    }

    /// The first spelling of a name.
    mutating func canonical(_ name: String) -> String {
        let key = Self.folded(name, leastLength)
        guard let known = spellings[key] else {
            spellings[key] = [name]
            order.append(key)
            return name
        }
        if !known.contains(name) { spellings[key]?.append(name) }
        return known[0]
    }

    /// Those of which there are several.
    var clashes: [[String]] { order.compactMap { spellings[$0] }.filter { $0.count > 1 } }

    /// A warning that names them.
    ///
    /// - Parameters:
    ///   - subject: what has the names, such as "groups".
    ///   - consequence: what became of them.
    func warnings(_ subject: String, _ consequence: String) -> [Diagnostic] {
        let found = clashes
        guard !found.isEmpty else { return [] }
        let list = found.prefix(3).map { names in
            names.map { quoted(Self.showingBlanks($0)) }.joined(separator: " and ")
        }.joined(separator: "; ")
        return [
            Diagnostic(
                .warning, .similarLabels,
                "\(subject) have the same name but for blanks or capital letters: \(list)\(found.count > 3 ? "; …" : ""); \(consequence)"
            )
        ]
    }

    /// Blanks that a reader would not see have a mark: "Abel␣␣2001".
    private static func showingBlanks(_ name: String) -> String {
        var shown = ""
        var previous: Character?
        for character in name {
            let isDoubled = character.isWhitespace && (previous?.isWhitespace ?? true || character != " ")
            if isDoubled, previous?.isWhitespace == true, shown.last == " " { shown = shown.dropLast() + "␣" }
            shown.append(isDoubled ? "␣" : character)
            previous = character
        }
        if shown.last == " " { shown = shown.dropLast() + "␣" }
        return shown
    }

    private static func folded(_ name: String, _ leastLength: Int) -> String {
        let words = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count < leastLength ? words : words.lowercased()
    }
}
