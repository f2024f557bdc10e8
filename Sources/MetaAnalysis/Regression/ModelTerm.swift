/// Term of a regression on properties of the studies: a number, a factor, or a product of terms.
///
/// ```swift
/// let terms: [ModelTerm] = [.number("latitude"), .factor("allocation", reference: "random")]
/// let curved: [ModelTerm] = [.number("dose"), .number("dose", power: 2)]
/// let crossed: [ModelTerm] = [.number("year"), .factor("design"), .interaction([.number("year"), .factor("design")])]
/// ```
public indirect enum ModelTerm: Hashable, Sendable, Codable {
    /// A property as a number, or a whole power of it, at least 1.
    case number(String, power: Int = 1)
    /// A property whose values are names of levels, with a coefficient for each level except the reference. By default the
    /// reference is the first level in order.
    case factor(String, reference: String? = nil)
    /// Products of the columns of these terms. The terms themselves are not included and must be given separately.
    case interaction([ModelTerm])

    /// Name in messages and results ("dose^2", "year:design").
    public var name: String {
        switch self {
        case .number(let column, let power): power == 1 ? column : "\(column)^\(power)"
        case .factor(let column, _): column
        case .interaction(let terms): terms.map(\.name).joined(separator: ":")
        }
    }

    /// Properties that the term uses as names of levels.
    package var factors: [String] {
        switch self {
        case .number: []
        case .factor(let column, _): [column]
        case .interaction(let terms): terms.flatMap(\.factors)
        }
    }

    /// First property that the term uses as a number; `nil` if there is none.
    package var firstNumber: String? {
        switch self {
        case .number(let column, _): column
        case .factor: nil
        case .interaction(let terms): terms.lazy.compactMap(\.firstNumber).first
        }
    }

    /// Properties that the term uses, each once.
    public var moderators: [String] {
        switch self {
        case .number(let column, _), .factor(let column, _): return [column]
        case .interaction(let terms):
            var names: [String] = []
            for name in terms.flatMap(\.moderators) where !names.contains(name) { names.append(name) }
            return names
        }
    }
}
