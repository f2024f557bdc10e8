import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// The numbers of a network result by name, each with what counts as large for it.
///
/// Laws read: the numbers of the changed network are those of the network.
struct NetworkNumbers {
    private struct Item {
        var name: String
        var value: Double?
        var scale: Double
    }

    private var items: [Item] = []

    /// - Parameter order: of the treatments; `nil` takes that of the result.
    init(_ fit: NetworkFit, order: [Treatment]? = nil) {
        let treatments = order ?? fit.treatments
        for (index, first) in treatments.enumerated() {
            for second in treatments.dropFirst(index + 1) {
                let effect = fit.effect(of: first, versus: second)
                let error = effect?.standardError ?? .nan
                let name = "\(first) versus \(second): "
                add(name + "estimate", effect?.estimate, scale: error)
                add(name + "standardError", effect?.standardError)
                add(name + "statistic", effect?.statistic, scale: 1)
                add(name + "pValue", effect?.pValue, scale: 1e-3)
                add(name + "confidenceInterval", effect?.confidenceInterval, scale: error)
                add(name + "predictionInterval", effect?.predictionInterval, scale: error)
                add(name + "proportionDirect", effect?.proportionDirect, scale: 1)
                add(name + "direct", effect?.direct)
                // What is left after the direct evidence loses as many digits as there is little of it.
                let left = max(1e-9, 1 - (effect?.proportionDirect ?? 0))
                add(name + "indirect", effect?.indirect, loss: 1 / left)
            }
        }
        let heterogeneity = fit.heterogeneity
        let typical = fit.effects.map { $0.standardError * $0.standardError }.max() ?? 1
        add("tauSquared", heterogeneity.tauSquared, scale: typical)
        add("tauSquaredStandardError", heterogeneity.tauSquaredStandardError, scale: typical)
        add("tauSquaredInterval", heterogeneity.tauSquaredInterval, scale: typical)
        add("iSquared", heterogeneity.iSquared, scale: 100)
        add("iSquaredInterval", heterogeneity.iSquaredInterval, scale: 100)
        add("hSquared", heterogeneity.hSquared, scale: 1)
        for (name, test) in [
            ("total", fit.inconsistency.total), ("within", fit.inconsistency.withinDesigns),
            ("between", fit.inconsistency.betweenDesigns),
        ] {
            add("q." + name, test.q, scale: Double(fit.k))
            add("degreesOfFreedom." + name, test.degreesOfFreedom)
            add("pValue." + name, test.pValue, scale: 1e-3)
        }
        add("logLikelihood", fit.fit?.logLikelihood, scale: Double(fit.k))
        add("aic", fit.fit?.aic, scale: Double(fit.k))
        add("bic", fit.fit?.bic, scale: Double(fit.k))
    }

    private mutating func add(_ name: String, _ value: Double?, scale: Double = 0) {
        items.append(Item(name: name, value: value, scale: scale))
    }

    private mutating func add(_ name: String, _ interval: ConfidenceInterval?, scale: Double) {
        add(name + ".lower", interval?.lower, scale: scale)
        add(name + ".upper", interval?.upper, scale: scale)
    }

    private mutating func add(_ name: String, _ evidence: NetworkEffect.Evidence?, loss: Double = 1) {
        let scale = loss * (evidence?.standardError ?? 0)
        add(name + ".estimate", evidence?.estimate, scale: scale)
        add(name + ".standardError", evidence?.standardError, scale: scale)
        add(name + ".confidenceInterval", evidence?.confidenceInterval, scale: scale)
        add(name + ".pValue", evidence?.pValue, scale: 1e-3 * loss)
    }

    /// Numbers that differ by more than the bound, as text.
    func differences(from other: NetworkNumbers, _ tolerance: Tolerance) -> [String] {
        var found: [String] =
            items.count == other.items.count ? [] : ["\(items.count) numbers, not \(other.items.count)"]
        for (mine, theirs) in zip(items, other.items) {
            switch (mine.value, theirs.value) {
            case (nil, nil): continue
            case (let value?, let reference?):
                let error = Tolerance.relativeError(value, reference, scale: theirs.scale)
                if error <= tolerance.bound { continue }
                found.append("\(mine.name): \(value), not \(reference) (error \(error))")
            default: found.append("\(mine.name): \(mine.value as Any), not \(theirs.value as Any)")
            }
        }
        return found
    }
}
