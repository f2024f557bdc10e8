/// Properties of studies that effects may depend on, one column for each property, in the order of the effects.
///
/// ```swift
/// var moderators = Moderators(count: effects.count)
/// moderators["latitude"] = .numbers(latitudes)
/// moderators["allocation"] = .texts(allocations)
/// ```
///
/// `Moderators(table, columns:of:)` matches columns of a table to the effects read from it, even if some studies have no
/// effect.
public struct Moderators: Hashable, Sendable, Codable {
    /// Values of one moderator, one for each study; `nil` for a study without a value.
    public enum Column: Hashable, Sendable, Codable {
        /// Values as numbers.
        case numbers([Double?])
        /// Values as texts, the levels of a factor.
        case texts([String?])

        /// Number of values, missing ones included.
        public var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .texts(let values): values.count
            }
        }
    }

    /// Number of studies.
    public let count: Int
    private var columns: [String: Column] = [:]

    /// Creates moderators without columns for this number of studies.
    public init(count: Int) { self.count = count }

    /// Accesses a column, which has one value, or `nil`, for each study. A model throws an error that names a column of another
    /// length.
    public subscript(name: String) -> Column? {
        get { columns[name] }
        set { columns[name] = newValue }
    }

    /// Warnings about levels that differ only in spaces or capitalization.
    public var similarLevels: [Diagnostic] {
        names.flatMap { name -> [Diagnostic] in
            guard case .texts(let values)? = columns[name] else { return [] }
            return Spellings(values).warnings(
                "levels of \(quoted(name))", "they are kept apart; write them alike to make them one level")
        }
    }

    /// Names of the columns, sorted.
    public var names: [String] { columns.keys.sorted() }

    /// Returns the values of the studies at these positions, with `nil` where a column is too short.
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

/// Value of a moderator for one study or one point.
public enum ModeratorValue: Hashable, Sendable, Codable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral
{
    /// A number.
    case number(Double)
    /// A text, such as the level of a factor.
    case text(String)

    /// Creates a number from a floating-point literal.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Creates a number from an integer literal.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// Creates a text from a string literal.
    public init(stringLiteral value: String) { self = .text(value) }

    /// The value as a level of a factor.
    var level: String {
        switch self {
        case .number(let value): value.plain
        case .text(let text): text
        }
    }
}

extension Moderators {
    /// Checks the number of values of every column.
    ///
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

    /// Returns the values of one moderator, for the studies that a fit on the named moderators keeps.
    ///
    /// - Returns: `nil` for a moderator that does not exist or does not hold numbers.
    package func numbers(_ name: String, ofStudiesWith names: [String]) -> [Double]? {
        guard case .numbers(let values)? = columns[name] else { return nil }
        return zip(values, firstMissing(of: names + [name])).compactMap { $1 == nil ? $0 : nil }
    }

    /// Returns for each study the first of these moderators without a value; `nil` if all have one. Names that do not exist are
    /// ignored.
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

    /// Returns the value of a moderator for one study.
    func value(_ name: String, at index: Int) -> ModeratorValue? {
        switch columns[name] {
        case nil: nil
        case .numbers(let values): values[index].map { .number($0) }
        case .texts(let values): values[index].map { .text($0) }
        }
    }
}
