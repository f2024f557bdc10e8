import Foundation
import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// Compares the numbers of one case, each under its class of tolerance, and sees to it that none is passed over.
struct GoldenComparison {
    struct Mismatch: CustomStringConvertible {
        var field: String
        var ours: Double?
        var reference: Double?
        var relativeError: Double
        var tolerance: Tolerance

        var description: String {
            func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "none" }
            return "\(field): ours \(text(ours)), R \(text(reference)), error \(relativeError), bound \(tolerance)"
        }
    }

    private let expected: [String: JSONValue]
    private var seen: Set<String> = []
    private(set) var mismatches: [Mismatch] = []
    private(set) var compared = 0
    /// Fields that say nothing about the library, by reason.
    private(set) var skipped: [String: Int] = [:]
    /// The greatest error of each class of tolerance.
    private(set) var worst: [String: Worst] = [:]

    /// An error in units of its bound, with its place.
    struct Worst: Sendable {
        var place: String
        var ratio: Double

        static func greater(_ one: Worst, _ other: Worst) -> Worst { other.ratio > one.ratio ? other : one }
    }

    init(_ expected: [String: JSONValue]) { self.expected = expected }

    func reference(_ field: String) -> JSONValue? {
        member(of: .object(expected), field.split(separator: ".").map(String.init)[...])
    }

    /// Names of R may hold stops themselves ("tau.within"): the shortest that exists is taken first.
    private func member(of value: JSONValue, _ path: ArraySlice<String>) -> JSONValue? {
        guard let first = path.first else { return value }
        if case .array(let values) = value {
            guard let index = Int(first), index < values.count else { return nil }
            return member(of: values[index], path.dropFirst())
        }
        for length in 1...path.count {
            if let below = value[path.prefix(length).joined(separator: ".")],
                let found = member(of: below, path.dropFirst(length))
            {
                return found
            }
        }
        return nil
    }

    /// Compares a number, where R has that field.
    mutating func compare(_ field: String, _ ours: Double?, _ tolerance: Tolerance, scale: Double) {
        compare(field, ours, tolerance) { Tolerance.relativeError($0, $1, scale: scale) }
    }

    /// Compares a p-value by its logarithm, which keeps its meaning however small it is.
    mutating func compareTail(_ field: String, _ ours: Double?, _ tolerance: Tolerance) {
        compare(field, ours, tolerance) { ours, reference in
            if max(ours, reference) < 1e-300 { return 0 }
            return Tolerance.relativeError(log(ours), log(reference), scale: 1)
        }
    }

    private mutating func compare(
        _ field: String, _ ours: Double?, _ tolerance: Tolerance, _ error: (Double, Double) -> Double
    ) {
        guard let reference = reference(field), seen.insert(field).inserted else { return }
        compared += 1
        let distance: Double
        switch (ours, reference.number) {
        case (nil, nil): distance = 0
        case (let ours?, let number?): distance = error(ours, number)
        default: distance = .infinity
        }
        let error = Worst(place: field, ratio: distance / tolerance.bound)
        worst.merge([tolerance.description: error], uniquingKeysWith: Worst.greater)
        if !(distance <= tolerance.bound) {
            mismatches.append(
                Mismatch(
                    field: field, ours: ours, reference: reference.number, relativeError: distance,
                    tolerance: tolerance))
        }
    }

    mutating func skip(_ field: String, _ reason: String) {
        guard reference(field) != nil, !seen.contains(field) else { return }
        seen.insert(field)
        skipped[reason, default: 0] += 1
    }

    /// Fields of the reference that nothing was compared with.
    var forgotten: [String] {
        leaves(.object(expected), "").filter { !seen.contains($0) }
    }

    private func leaves(_ value: JSONValue, _ path: String) -> [String] {
        func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        return switch value {
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { leaves($0.value, below($0.key)) }
        case .array(let values): values.enumerated().flatMap { leaves($0.element, below("\($0.offset)")) }
        default: [path]
        }
    }
}

extension GoldenComparison {
    /// Compares a square root by its square: where that is all but 0, rounding leaves the root no digits.
    mutating func compareRoot(_ field: String, squared ours: Double?, _ tolerance: Tolerance, scale: Double) {
        compare(field, ours, tolerance) { ours, root in Tolerance.relativeError(ours, root * root, scale: scale) }
    }

    /// Counts a text that was compared by other means.
    mutating func compareText(_ field: String, agrees: Bool) {
        guard reference(field) != nil, seen.insert(field).inserted else { return }
        compared += 1
        if !agrees {
            mismatches.append(
                Mismatch(field: field, ours: nil, reference: nil, relativeError: .infinity, tolerance: .closedForm))
        }
    }

    mutating func compareFlag(_ field: String, _ ours: Bool) {
        guard case .bool(let flag)? = reference(field) else { return }
        seen.insert(field)
        compared += 1
        if flag != ours {
            mismatches.append(
                Mismatch(
                    field: field, ours: ours ? 1 : 0, reference: flag ? 1 : 0, relativeError: 1, tolerance: .closedForm)
            )
        }
    }

    /// Compares effects with those that a case of R started from.
    mutating func compareInput(_ effects: EffectSizes, _ input: GoldenInput) {
        var own = GoldenComparison(["yi": .array(input.yi), "vi": .array(input.vi)])
        for (index, effect) in effects.effects.enumerated() {
            own.compare("yi.\(index)", effect.estimate, .closedForm, scale: effect.standardError)
            own.compare("vi.\(index)", effect.variance, .closedForm, scale: 0)
        }
        add(own, prefix: "input ")
    }

    /// Compares what follows from R's number with what should follow from it, on the scale of 1.
    mutating func compareValue(_ field: String, _ value: Double, expected: Double, _ tolerance: Tolerance) {
        compare(field, value, tolerance) { value, _ in Tolerance.relativeError(value, expected, scale: 1) }
    }

    /// For a case that R itself got wrong: mismatches of these fields and of their members do not count.
    mutating func forgiveMismatches(of fields: [String]) {
        mismatches.removeAll { mismatch in
            fields.contains { mismatch.field == $0 || mismatch.field.hasPrefix($0 + ".") }
        }
    }

    /// Takes over what another comparison of the same case found; it need not have looked at every field.
    mutating func add(_ other: GoldenComparison, prefix: String) {
        compared += other.compared
        mismatches += other.mismatches.map {
            var mismatch = $0
            mismatch.field = prefix + $0.field
            return mismatch
        }
        worst.merge(
            other.worst.mapValues { Worst(place: prefix + $0.place, ratio: $0.ratio) }, uniquingKeysWith: Worst.greater)
    }
}
