/// One term of a regression on properties of the studies: a number, a factor, or a product of terms.
///
/// ```swift
/// let terms: [ModelTerm] = [.number("latitude"), .factor("allocation", reference: "random")]
/// let curved: [ModelTerm] = [.number("dose"), .number("dose", power: 2)]
/// let crossed: [ModelTerm] = [.number("year"), .factor("design"), .interaction([.number("year"), .factor("design")])]
/// ```
public indirect enum ModelTerm: Hashable, Sendable, Codable {
    /// A property as a number, or a whole power of it.
    case number(String, power: Int = 1)
    /// A property whose values are names of levels: a coefficient for each but the reference, which is the first level in order
    /// where none is given.
    case factor(String, reference: String? = nil)
    /// Products of the columns of these terms. The terms by themselves are not part of it and are to be given too.
    case interaction([ModelTerm])

    /// As messages and results call it ("dose^2", "year:design").
    public var name: String {
        switch self {
        case .number(let column, let power): power == 1 ? column : "\(column)^\(power)"
        case .factor(let column, _): column
        case .interaction(let terms): terms.map(\.name).joined(separator: ":")
        }
    }

    /// The properties it reads as names of levels.
    package var factors: [String] {
        switch self {
        case .number: []
        case .factor(let column, _): [column]
        case .interaction(let terms): terms.flatMap(\.factors)
        }
    }

    /// The first property it reads as a number.
    package var firstNumber: String? {
        switch self {
        case .number(let column, _): column
        case .factor: nil
        case .interaction(let terms): terms.lazy.compactMap(\.firstNumber).first
        }
    }

    /// The properties it reads, each once.
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
