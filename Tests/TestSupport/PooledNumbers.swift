public import MetaAnalysis

/// The numbers of a pooled effect with how each of them changes when the effects of all studies do.
///
/// Laws read: the numbers of the changed data are the changed numbers of the data.
public struct PooledNumbers: Sendable {
    private enum Kind: Sendable {
        /// Moves with the effects: an estimate, an end of an interval.
        case location
        /// A width or standard error.
        case spread
        /// In squared units.
        case variance
        /// Estimate over standard error.
        case statistic
        /// Without units; `scale` is what counts as large.
        case free(scale: Double)
        /// A sum of log densities: loses so many times the logarithm of the unit.
        case density(times: Double)
    }

    private struct Item: Sendable {
        var name: String
        var value: Double?
        var kind: Kind
    }

    private var items: [Item] = []
    private var isShifted = false
    private var standardError: Double
    private var typicalVariance: Double

    /// The numbers of a pooled effect.
    public init(_ pooled: PooledEffect) {
        standardError = pooled.standardError
        typicalVariance = Self.typicalVariance(pooled)
        add("estimate", pooled.estimate, .location)
        add("standardError", pooled.standardError, .spread)
        add("statistic", pooled.statistic, .statistic)
        add("degreesOfFreedom", pooled.degreesOfFreedom, .free(scale: 0))
        add("pValue", pooled.pValue, .free(scale: 1e-3))
        add("confidenceInterval", pooled.confidenceInterval, .location)
        add("predictionInterval", pooled.predictionInterval, .location)
        let heterogeneity = pooled.heterogeneity
        add("tauSquared", heterogeneity.tauSquared, .variance)
        add("tauSquaredStandardError", heterogeneity.tauSquaredStandardError, .variance)
        add("tauSquaredInterval", heterogeneity.tauSquaredInterval, .variance)
        add("iSquared", heterogeneity.iSquared, .free(scale: 100))
        add("iSquaredInterval", heterogeneity.iSquaredInterval, .free(scale: 100))
        add("iSquaredFromQ", heterogeneity.iSquaredFromQ, .free(scale: 100))
        add("hSquared", heterogeneity.hSquared, .free(scale: 1))
        add("cochranQ", heterogeneity.cochranQ, .free(scale: Double(pooled.k)))
        add("heterogeneity.pValue", heterogeneity.pValue, .free(scale: 1e-3))
        if let fit = pooled.fit {
            let dimensions = Double(fit.isRestricted ? pooled.k - 1 : pooled.k)
            add("logLikelihood", fit.logLikelihood, .density(times: 1 * dimensions))
            add("deviance", fit.deviance, .density(times: fit.isRestricted ? -2 * dimensions : 0))
            add("aic", fit.aic, .density(times: -2 * dimensions))
            add("aicc", fit.aicc, .density(times: -2 * dimensions))
            add("bic", fit.bic, .density(times: -2 * dimensions))
        }
        for (index, study) in pooled.studies.enumerated() {
            let name = "studies[\(index)]."
            add(name + "weight", study.weight, .free(scale: 0))
            add(name + "confidenceInterval", study.confidenceInterval, .location)
            add(name + "empiricalBayes", study.empiricalBayes?.estimate, .location)
            add(name + "empiricalBayes.standardError", study.empiricalBayes?.standardError, .spread)
            add(name + "empiricalBayes.interval", study.empiricalBayes?.interval, .location)
        }
    }

    private static func typicalVariance(_ pooled: PooledEffect) -> Double {
        let weights = pooled.studies.compactMap(\.variance).map { 1 / $0 }
        let total = weights.reduce(0, +)
        let shares = weights.map { $0 / total }
        return Double(max(1, weights.count - 1)) / total / max(1e-3, 1 - shares.reduce(0) { $0 + $1 * $1 })
    }

    private mutating func add(_ name: String, _ value: Double?, _ kind: Kind) {
        items.append(Item(name: name, value: value, kind: kind))
    }

    private mutating func add(_ name: String, _ interval: ConfidenceInterval?, _ kind: Kind) {
        add(name + ".lower", interval?.lower, kind)
        add(name + ".upper", interval?.upper, kind)
    }
}

extension PooledNumbers {
    /// What the numbers become when every effect y becomes `factor` · y + `shift`.
    ///
    /// - Parameter logarithm: natural logarithm of the size of the factor.
    public func transformed(factor: Double = 1, logarithm: Double = 0, shift: Double = 0) -> PooledNumbers {
        var result = self
        result.isShifted = shift != 0
        result.standardError *= abs(factor)
        result.typicalVariance = typicalVariance * factor * factor
        for index in items.indices {
            guard let value = items[index].value else { continue }
            switch items[index].kind {
            case .location: result.items[index].value = factor * value + shift
            case .spread: result.items[index].value = abs(factor) * value
            case .variance: result.items[index].value = value * factor * factor
            case .statistic: result.items[index].value = factor < 0 ? -value : value
            case .free: break
            case .density(let times): result.items[index].value = value - times * logarithm
            }
        }
        guard factor < 0 else { return result }
        for index in items.indices where items[index].name.hasSuffix(".lower") {
            if case .location = items[index].kind { result.exchange(index, index + 1) }
        }
        return result
    }

    private mutating func exchange(_ first: Int, _ second: Int) {
        (items[first].value, items[second].value) = (items[second].value, items[first].value)
    }

    /// Numbers that differ by more than the bound, as text; `nil` for the bound asks for the same bits.
    public func differences(from other: PooledNumbers, _ tolerance: Tolerance?, ignoring: Set<String> = []) -> [String]
    {
        var found: [String] =
            items.count == other.items.count ? [] : ["\(items.count) numbers, not \(other.items.count)"]
        for (mine, theirs) in zip(items, other.items) where !ignoring.contains(mine.name) {
            // A test against 0 has another meaning after a shift.
            if isShifted || other.isShifted, mine.name == "pValue" || mine.name == "statistic" { continue }
            switch (mine.value, theirs.value) {
            case (nil, nil): continue
            case (let value?, let reference?):
                let error = Tolerance.relativeError(value, reference, scale: other.scale(of: mine.kind))
                if error <= tolerance?.bound ?? exactBound(mine.kind) { continue }
                found.append("\(mine.name): \(value), not \(reference) (error \(error))")
            default: found.append("\(mine.name): \(mine.value as Any), not \(theirs.value as Any)")
            }
        }
        return found
    }

    /// Log densities take up a logarithm and cannot keep their bits.
    private func exactBound(_ kind: Kind) -> Double {
        if case .density = kind { Tolerance.closedForm.bound } else { 0 }
    }

    private func scale(of kind: Kind) -> Double {
        switch kind {
        case .location: standardError
        case .spread: 0
        case .variance: typicalVariance
        case .statistic: 1
        case .free(let scale): scale
        case .density: Double(items.count)
        }
    }
}
