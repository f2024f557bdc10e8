/// Finds names that differ only in blanks or capital letters, such as "Low" and "low ".
struct Spellings {
    /// Spellings by folded name, in the order of their appearance.
    private var spellings: [String: [String]] = [:]
    private var order: [String] = []

    /// Length below which names may differ by capital letters alone: "a" and "A".
    private let leastLength: Int

    init(ofLabels isOfLabels: Bool = false) { leastLength = isOfLabels ? 4 : 0 }

    init(_ names: some Sequence<String?>) {
        self.init()
        for case let name? in names { _ = canonical(name) }
    }

    /// Returns the first spelling of a name.
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

    /// Spellings of names that have several.
    var clashes: [[String]] { order.compactMap { spellings[$0] }.filter { $0.count > 1 } }

    /// Returns a warning that lists these names.
    ///
    /// - Parameters:
    ///   - subject: the things that have the names, such as "groups".
    ///   - consequence: how they are handled.
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

    /// Returns the name with a mark for blanks that a reader would not see: "Abel␣␣2001".
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
