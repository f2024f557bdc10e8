import MetaAnalysis

/// A point of the moderators, as written (`latitude=30,"mean age"=61`) and as requested from the model.
struct RegressionPoint {
    let text: String
    /// Values with their names; a name is `nil` if only the names of the model can tell where it ends.
    private var parts: [(name: String?, text: String)] = []

    /// Reads a point.
    ///
    /// - Throws: `CommandFailure` (usage).
    init(_ text: String) throws {
        self.text = text
        for part in QuotedText.parts(text) where !part.isEmpty {
            if let quoted = QuotedText.name(part), case let rest = quoted.rest.trimmed, rest.hasPrefix("=") {
                parts.append((quoted.name, String(rest.dropFirst())))
            } else if let sign = part.firstIndex(of: "="), sign != part.startIndex {
                parts.append((nil, part))
            } else {
                throw failure("no value in \"\(part.singleLine)\"; write column=value")
            }
        }
        let areTold = parts.allSatisfy { part in part.name != nil || part.text.count { $0 == "=" } == 1 }
        if areTold { _ = try values(of: []) }
    }

    func prediction(_ fit: RegressionFit) throws -> RegressAnswer.Prediction {
        var point: [String: ModeratorValue] = [:]
        let numbers = fit.numericModerators
        let names = fit.settings.terms.flatMap(\.moderators)
        let values = try values(of: names)
        for name in names {
            guard let value = values[name] else {
                throw failure("no value of \(name); give one for every moderator")
            }
            guard numbers.contains(name) else {
                point[name] = .text(value)
                continue
            }
            guard let number = Double(decimal: value) else {
                throw failure("\(name) is \"\(value.singleLine)\"; give a finite number")
            }
            point[name] = .number(number)
        }
        if let foreign = values.keys.sorted().first(where: { point[$0] == nil }) {
            throw failure("\(foreign) is not in the model; leave it out")
        }
        guard let prediction = try fit.prediction(at: point) else {
            throw failure("a moderator has no value; give one for each")
        }
        return RegressAnswer.Prediction(at: text, prediction: prediction)
    }

    /// Returns the values by name. A name may contain "=", so the first split that gives one of the names is used, as in --filter.
    private func values(of names: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for part in parts {
            let splits = part.text.indices.filter { part.text[$0] == "=" }.map { sign in
                (String(part.text[..<sign]).trimmed, String(part.text[part.text.index(after: sign)...]))
            }
            let split = part.name.map { ($0, part.text) } ?? splits.first { names.contains($0.0) } ?? splits.first
            guard let (name, value) = split else { continue }
            guard values.updateValue(QuotedText.plain(value.trimmed), forKey: name) == nil else {
                throw failure("\(name.singleLine) stands twice; give each moderator one value")
            }
        }
        return values
    }

    private func failure(_ what: String) -> CommandFailure {
        CommandFailure(.usage, "--at \(text.singleLine): \(what)")
    }
}
