/// The components of treatments: names joined by a separator, one of which may be inactive.
struct ComponentStructure: Hashable, Sendable {
    let separator: String
    let inactive: String?
    /// Active components, in the order of their names.
    let components: [String]
    /// Sets of components whose joint effect may differ from the sum, as positions in `components`.
    let interactions: [[Int]]

    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for an empty separator, an inactive component or an interaction that no
    ///   treatment contains; (`.invalidOutcome`) for a treatment with an empty or a repeated component; (`.singularDesign`) when no
    ///   treatment contains an active component.
    init(_ treatments: [Treatment], separator: String, inactive: Treatment?, interactions: [[String]]) throws {
        guard !Treatment(separator).name.isEmpty else {
            throw MetaAnalysisError(
                .invalidSetting, "the separator of components is \(quoted(separator))",
                remedy: "take the sign that stands between components, such as \"+\"")
        }
        self.separator = separator
        let parts = try treatments.map { try Self.parts($0.name, separator: separator) }
        let all = Set(parts.joined())
        if let inactive, !all.contains(inactive.name) {
            let known = Self.sorted(all).prefix(8).map(quoted).joined(separator: ", ")
            throw MetaAnalysisError(
                .invalidSetting, "no treatment holds the inactive component \(quoted(inactive.name))",
                remedy: "name one of \(known)\(all.count > 8 ? " …" : ""), spelled as in the data")
        }
        self.inactive = inactive?.name
        components = Self.sorted(all.subtracting([inactive?.name].compactMap(\.self)))
        guard !components.isEmpty else {
            throw MetaAnalysisError(
                .singularDesign, "every treatment consists of the inactive component alone",
                remedy: "give treatments with an active component")
        }
        self.interactions = try Self.positions(interactions, in: components, inactive: inactive?.name)
        for (interaction, members) in zip(interactions, self.interactions) {
            let held = parts.contains { part in members.allSatisfy { part.contains(components[$0]) } }
            guard held else {
                throw MetaAnalysisError(
                    .invalidSetting, "no treatment holds all of \(interaction.map(quoted).joined(separator: ", "))",
                    remedy: "leave this interaction out")
            }
        }
    }

    /// - Throws: `MetaAnalysisError` for an interaction of fewer than two components, an unknown one, or one given twice.
    private static func positions(_ interactions: [[String]], in components: [String], inactive: String?) throws
        -> [[Int]]
    {
        var found: [[Int]] = []
        for names in interactions {
            let shown = names.map(quoted).joined(separator: ", ")
            let members = try names.map { name in
                guard let position = components.firstIndex(of: Treatment(name).name) else {
                    let why = Treatment(name).name == inactive ? "is inactive" : "is no component"
                    throw MetaAnalysisError(
                        .invalidSetting, "\(quoted(name)) in the interaction of \(shown) \(why)",
                        remedy: "name active components, spelled as in the data")
                }
                return position
            }.sorted()
            guard members.count > 1, Set(members).count == members.count else {
                throw MetaAnalysisError(
                    .invalidSetting, "the interaction of \(shown) is not one of different components",
                    remedy: "name two or more components, each once")
            }
            guard !found.contains(members) else {
                throw MetaAnalysisError(
                    .invalidSetting, "the interaction of \(shown) is given twice", remedy: "give it once")
            }
            found.append(members)
        }
        return found
    }

    private static func sorted(_ names: Set<String>) -> [String] { names.map { Treatment($0) }.sorted().map(\.name) }

    /// Splits a name at the separators and removes the white space around its parts.
    private static func parts(_ name: String, separator: String) throws -> [String] {
        let parts = name.split(separator: separator, omittingEmptySubsequences: false)
            .map { Treatment(String($0)).name }
        guard parts.allSatisfy({ !$0.isEmpty }) else {
            throw MetaAnalysisError(
                .invalidOutcome, "the treatment \(quoted(name)) has an empty component",
                remedy: "name a component on both sides of every \(quoted(separator)), or take another separator")
        }
        guard Set(parts).count == parts.count else {
            throw MetaAnalysisError(
                .invalidOutcome, "the treatment \(quoted(name)) names a component twice",
                remedy: "name each component once; give another dose a name of its own")
        }
        return parts
    }

    /// Names of the columns: the components, then the interactions as "A*B".
    var columns: [String] {
        components + interactions.map { $0.map { components[$0] }.joined(separator: "*") }
    }

    /// Returns the row of a treatment or of any other combination: 1 for every component and interaction that it contains.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a component that no treatment contains.
    func row(_ combination: String) throws -> [Double] {
        var held: Set<Int> = []
        for part in try Self.parts(combination, separator: separator) where part != inactive {
            guard let position = components.firstIndex(of: part) else {
                throw MetaAnalysisError(
                    .invalidSetting, "no treatment holds the component \(quoted(part))",
                    remedy: "name components, spelled as in the data")
            }
            held.insert(position)
        }
        return components.indices.map { held.contains($0) ? 1 : 0 }
            + interactions.map { held.isSuperset(of: $0) ? 1 : 0 }
    }

    /// Returns C: one row for each treatment, one column for each component and interaction.
    func matrix(_ treatments: [Treatment]) throws -> Matrix {
        Matrix(
            rows: treatments.count, columns: components.count + interactions.count,
            elements: try treatments.flatMap { try row($0.name) })
    }
}
