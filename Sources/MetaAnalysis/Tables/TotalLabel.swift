/// Recognizes names of rows that sum up others: "Total (95% CI)", "Subtotal", "RE Model for All Studies".
///
/// A name that contains any proper name does not count: "Total Knee 2004" and "Overall & Smith 1999" are studies.
enum TotalLabel {
    static func sumsUp(_ label: String) -> Bool {
        let (words, hasYear) = words(of: label.lowercased())
        if statistics.contains(where: { words.starts(with: $0) }) { return true }
        guard !hasYear else { return false }
        if openings.contains(where: { words.starts(with: $0) }) || isModel(words) { return true }
        return words.contains(where: cores.contains) && words.indices.allSatisfy { isOrdinary(words, $0) }
    }

    static func mayBegin(_ label: String) -> Bool {
        label.utf8.withContiguousStorageIfAvailable { mayBegin($0) } ?? true
    }

    /// Whether a name may be that of a total, judged by its first letters and by parts that all such names contain. This excludes nearly
    /// all other names without making a string of them.
    static func mayBegin(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 1 else { return false }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        // Names in other alphabets, and names that begin with a bracket or a quote, are examined as a whole.
        guard bytes[0] | 0x20 >= 0x61, bytes[0] < 0x80 else { return !isDigit(bytes[0]) }
        guard !isDigit(bytes[1]) else { return false }
        // "D+L pooled", "M-H Overall".
        if bytes[1] | 0x20 >= 0x61,
            !beginnings.contains(UInt16(bytes[0] | 0x20) << 8 | UInt16(bytes[1] | 0x20))
        {
            return false
        }
        return bytes.contains { $0 >= 0x80 }
            || bytes.indices.contains { start in
                marks.contains { mark in
                    start + mark.count <= bytes.count
                        && mark.indices.allSatisfy { bytes[start + $0] | 0x20 == mark[$0] }
                }
            }
    }

    /// Parts of names of totals, in lower case, at least one of which each such name contains: the beginning of a core, an opening, a
    /// statistic or a model.
    private static let marks = [
        "total", "overall", "pooled", "sum", "combined", "gesamt", "effect", "model", "heterogeneity", "prediction",
        "test",
    ].map { Array($0.utf8) }

    /// Whether a word is not part of the name of a study. A number must follow a word that takes one ("n = 120").
    private static func isOrdinary(_ words: [String], _ index: Int) -> Bool {
        guard words[index].first?.isNumber == true else {
            return cores.contains(words[index]) || fillers.contains(words[index])
        }
        return index > 0 && numbered.contains(words[index - 1])
    }

    /// Returns the words of a name outside brackets, and whether there is a year anywhere.
    private static func words(of label: String) -> (words: [String], hasYear: Bool) {
        var words: [String] = []
        var word = ""
        var depth = 0
        var bracketed = ""
        func endWord() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for character in label {
            if "([".contains(character) {
                endWord()
                depth += 1
            } else if ")]".contains(character) {
                depth = max(0, depth - 1)
                bracketed.append(" ")
            } else if depth > 0 {
                bracketed.append(character)
            } else if character == "%" {
                // "95%" is the level of an interval.
                if word.allSatisfy({ $0.isNumber || $0 == "." }) { word = "" }
                endWord()
            } else if character.isLetter || character.isNumber || character == "." && word.last?.isNumber == true {
                if let last = word.last, last.isLetter != character.isLetter { endWord() }
                word.append(character)
            } else {
                endWord()
            }
        }
        endWord()
        let others = bracketed.split { !$0.isNumber && $0 != "." && $0 != "=" }
        return (words, others.contains(where: isYear) || words.contains { isYear($0[...]) })
    }

    private static func isYear(_ text: Substring) -> Bool {
        text.count == 4 && (Int(text).map { 1800...2100 ~= $0 } ?? false)
    }

    /// Whether the words name a model: "RE model", "random-effects model for subgroup A", "common effect".
    private static func isModel(_ words: [String]) -> Bool {
        guard words.count > 1 else { return false }
        if ["re", "fe", "ce", "ee"].contains(words[0]) { return words[1] == "model" }
        guard ["random", "fixed", "common", "equal"].contains(words[0]), words[1] == "effect" || words[1] == "effects"
        else { return false }
        return words.count == 2 || words[2] == "model" || words.dropFirst(2).allSatisfy(fillers.contains)
    }

    /// Beginnings of lines below a table of studies, whatever follows.
    private static let statistics: [[String]] = [
        ["heterogeneity"], ["total", "events"], ["prediction", "interval"], ["test", "for", "overall"],
        ["test", "for", "subgroup"],
        ["test", "of", "overall"],
    ]
    /// Beginnings of totals, whatever follows except a year, such as the name of a group.
    private static let openings: [[String]] = [["subtotal"], ["subtotals"], ["sub", "total"], ["grand", "total"]]
    private static let cores: Set<String> = [
        "total", "totals", "subtotal", "subtotals", "overall", "pooled", "summary", "combined", "sum", "sums", "gesamt",
        "insgesamt",
        "summe", "合計", "合计", "小計", "小计", "総計", "總計", "总计",
    ]
    private static let fillers: Set<String> = [
        "effect", "effects", "estimate", "estimates", "es", "size", "result", "results", "model", "random", "fixed",
        "common",
        "equal", "re", "fe", "ce", "ee", "mean", "difference", "ratio", "odds", "risk", "hazard", "rate", "or", "rr",
        "rd",
        "hr", "md", "smd", "wmd", "irr", "all", "studies", "trials", "the", "of", "for", "in", "across", "and", "ci",
        "cri",
        "confidence", "interval", "i", "squared", "v", "m", "h", "d", "l", "dl", "reml", "iv", "mh", "inverse",
        "variance",
        "weighted", "average", "n", "k", "q", "p", "df", "sub", "group", "subgroup", "subgroups", "groups", "analysis",
        "meta",
        "sample", "participants", "patients", "events", "grand",
    ]
    private static let numbered: Set<String> = ["n", "k", "q", "p", "df", "i"]
    /// First two letters, in lower case, of all words above.
    private static let beginnings: Set<UInt16> = Set(
        (cores.union(fillers).union((openings + statistics).map { $0[0] })).map { word in
            let letters = Array(word.utf8)
            return UInt16(letters[0]) << 8 | UInt16(letters.count > 1 ? letters[1] : 0x20)
        })
}
