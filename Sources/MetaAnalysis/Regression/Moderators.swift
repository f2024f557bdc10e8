/// Properties of studies that effects may depend on, a column for each, in the order of the effects they belong to.
///
/// ```swift
/// var moderators = Moderators(count: effects.count)
/// moderators["latitude"] = .numbers(latitudes)
/// moderators["allocation"] = .texts(allocations)
/// ```
///
/// Columns of a table are joined to the effects read from it by `Moderators(table, columns:of:)`, whichever studies gave no effect.
public struct Moderators: Hashable, Sendable, Codable {
    /// `nil` where a study has no value.
    public enum Column: Hashable, Sendable, Codable {
        case numbers([Double?])
        case texts([String?])

        public var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .texts(let values): values.count
            }
        }
    }

    /// How many studies there are.
    public let count: Int
    private var columns: [String: Column] = [:]

    public init(count: Int) { self.count = count }

    /// A column has one value, or `nil`, for each study; models refuse one of another length by name.
    public subscript(name: String) -> Column? {
        get { columns[name] }
        set { columns[name] = newValue }
    }

    /// Warnings on levels that differ in blanks or capital letters only.
    public var similarLevels: [Diagnostic] {
        names.flatMap { name -> [Diagnostic] in
            guard case .texts(let values)? = columns[name] else { return [] }
            return Spellings(values).warnings(
                "levels of \(quoted(name))", "they are kept apart; write them alike to make them one level")
        }
    }

    public var names: [String] { columns.keys.sorted() }

    /// Those of some of the studies.
    public func subset(_ indices: [Int]) -> Moderators {
        var part = Moderators(count: indices.count)
        for (name, column) in columns {
            part.columns[name] =
                switch column {
                case .numbers(let values): .numbers(indices.map { values.indices.contains($0) ? values[$0] : nil })
                case .texts(let values): .texts(indices.map { values.indices.contains($0) ? values[$0] : nil })
                }
        }
        return part
    }
}

/// What a moderator is for one study.
public enum ModeratorValue: Hashable, Sendable, Codable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral
{
    case number(Double)
    case text(String)

    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(stringLiteral value: String) { self = .text(value) }

    /// As a level of a factor.
    var level: String {
        switch self {
        case .number(let value): value.plain
        case .text(let text): text
        }
    }
}

extension Moderators {
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) unless every column has one value, or `nil`, for each effect.
    func check(_ effects: EffectSizes) throws {
        let lengths = names.map { ("the moderator \(quoted($0)) has", columns[$0]?.count ?? 0) }
        guard let (what, length) = ([("there are", count)] + lengths).first(where: { $0.1 != effects.count }) else {
            return
        }
        let values = count == length ? "rows of moderators" : "values"
        throw MetaAnalysisError(
            .invalidSetting, "\(what) \(length) \(values) for \(effects.count) effects",
            remedy: "give one for each effect, none for studies that were left out, or read them by"
                + " Moderators(table, columns:of:)")
    }

    /// Values of one moderator of the studies that a fit on these moderators keeps.
    ///
    /// - Returns: `nil` for a moderator that is not there or does not hold numbers.
    package func numbers(_ name: String, ofStudiesWith names: [String]) -> [Double]? {
        guard case .numbers(let values)? = columns[name] else { return nil }
        return zip(values, firstMissing(of: names + [name])).compactMap { $1 == nil ? $0 : nil }
    }

    /// For each study the first of these moderators that has no value; `nil` where all have one. Names that are not there count as known.
    func firstMissing(of names: [String]) -> [String?] {
        var missing = Array(repeating: String?.none, count: count)
        for name in names.reversed() {
            switch columns[name] {
            case .numbers(let values): for index in values.indices where values[index] == nil { missing[index] = name }
            case .texts(let values): for index in values.indices where values[index] == nil { missing[index] = name }
            case nil: break
            }
        }
        return missing
    }

    /// The value of one study.
    func value(_ name: String, at index: Int) -> ModeratorValue? {
        switch columns[name] {
        case nil: nil
        case .numbers(let values): values[index].map { .number($0) }
        case .texts(let values): values[index].map { .text($0) }
        }
    }
}
