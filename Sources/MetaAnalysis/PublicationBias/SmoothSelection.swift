internal import RealModule

/// A smooth selection function at the nodes of a quadrature over z = y / √v, with its derivatives with respect to δ.
///
/// Beyond `reach` w is constant to within rounding error, so that the rest of the integral is a normal tail. In between, Gauss–Legendre
/// rules of 12 nodes are used on short panels, cut where w has a kink: the relative error of the normalizing integral is below 1e-9 for δ
/// up to 100, measured against panels half as long.
struct SmoothSelection: Sendable {
    /// A p-value with its complement, each accurate when small.
    struct PValue: Sendable {
        var value: Double
        var complement: Double
        /// Whether the p-value is below the step, so that w = 1.
        var isBeyondStep: Bool
    }

    /// Values of w with its first and second derivatives with respect to δ: w, ∂₁w … , ∂₁₁w, ∂₁₂w, ∂₂₂w.
    typealias Channels = [Double]

    let function: SelectionFunction
    let isTwoSided: Bool
    let nodes: [Double]
    let lengths: [Double]
    let reach: Double
    private let values: [PValue]
    private let ends: [PValue]

    init(_ function: SelectionFunction, isTwoSided: Bool, refinement: Double = 1) {
        self.function = function
        self.isTwoSided = isTwoSided
        let held = function.heldPValue
        let tail = held > 0 ? held : 1e-17
        let reach = ReferenceDistribution.normal.upperQuantile(isTwoSided ? tail / 2 : tail)
        self.reach = reach
        var cuts = [-reach, reach]
        if isTwoSided {
            cuts.append(0)
            // Near p = 1 a density of p may grow as a power of |z|.
            if held > 0 {
                for size in [1e-5, 1e-4, 1e-3, 1e-2, 0.1] {
                    let cut = size == 1e-5 ? ReferenceDistribution.normal.upperQuantile((1 - held) / 2) : size
                    cuts += [-cut, cut]
                }
            }
        }
        if let step = function.cutPoints.first, step < 1 {
            let cut = ReferenceDistribution.normal.upperQuantile(isTwoSided ? step / 2 : step)
            cuts += isTwoSided ? [-cut, cut] : [cut]
        }
        cuts = cuts.filter { abs($0) <= reach }.sorted()
        // Large parameters make the peak of a beta density narrow, and two sides make it narrower.
        let panelLength = (function.kind == .beta ? isTwoSided ? 0.25 : 0.5 : 1) / refinement
        let rule = GaussLegendre(count: 12)
        var (nodes, lengths): ([Double], [Double]) = ([], [])
        for (low, high) in zip(cuts, cuts.dropFirst()) where high > low {
            let panels = max(1, ((high - low) / panelLength).rounded(.up))
            let length = (high - low) / panels
            for panel in 0..<Int(panels) {
                for (node, weight) in zip(rule.nodes, rule.weights) {
                    nodes.append(low + length * (Double(panel) + node))
                    lengths.append(length * weight)
                }
            }
        }
        self.nodes = nodes
        self.lengths = lengths
        let step = function.cutPoints.first
        values = nodes.map { Self.pValue($0, isTwoSided, held: held, step: step) }
        ends = [-reach, reach].map { Self.pValue(2 * $0, isTwoSided, held: held, step: step) }
    }

    private static func pValue(_ z: Double, _ isTwoSided: Bool, held: Double, step: Double?) -> PValue {
        let normal = ReferenceDistribution.normal
        let tail = normal.upperTail(isTwoSided ? abs(z) : z)
        let value = isTwoSided ? 2 * tail : tail
        let complement = isTwoSided ? normal.lowerTail(abs(z)) - tail : normal.lowerTail(z)
        return PValue(
            value: min(max(value, held), 1 - held), complement: min(max(complement, held), 1 - held),
            isBeyondStep: step.map { value <= $0 } ?? false)
    }

    /// Returns the p-value of a study.
    func pValue(_ z: Double) -> PValue {
        Self.pValue(z, isTwoSided, held: function.heldPValue, step: function.cutPoints.first)
    }

    /// Number of values in `Channels`.
    var channelCount: Int { function.kind == .beta ? 6 : 3 }

    /// Returns the channels at the two ends and at every node, in this order.
    func table(_ weights: [Double], precision: Double) -> [Double] {
        var table: [Double] = []
        table.reserveCapacity((ends.count + values.count) * channelCount)
        for p in ends { table += channels(p, weights, precision: precision) }
        for p in values { table += channels(p, weights, precision: precision) }
        return table
    }

    private func channels(_ p: PValue, _ weights: [Double], precision: Double) -> Channels {
        if p.isBeyondStep { return [1] + Array(repeating: 0, count: channelCount - 1) }
        if function.kind == .beta {
            let (a, b) = (Double.log(p.value), Double.log(p.complement))
            let w = Double.exp((weights[0] - 1) * a + (weights[1] - 1) * b)
            return [w, w * a, w * b, w * a * a, w * a * b, w * b * b]
        }
        if function.kind == .logistic {
            let slope = precision * p.value
            let half = 1 / (1 + Double.exp(weights[0] * slope))
            let product = half * (1 - half)
            return [2 * half, -2 * slope * product, 2 * slope * slope * product * (1 - 2 * half)]
        }
        let slope = precision * slope(p)
        let w = Double.exp(weights[0] * slope)
        return [w, w * slope, w * slope * slope]
    }

    /// Returns ∂ log w / ∂δ of the functions that are exponential in δ.
    private func slope(_ p: PValue) -> Double {
        switch function.kind {
        case .halfNormal: -p.value * p.value
        case .negativeExponential: -p.value
        case .power: .log(p.complement)
        case .beta, .logistic, .step, .truncation: 0
        }
    }

    /// Returns log w with its first and second derivatives with respect to δ, in the order of `Channels`.
    func logarithm(_ p: PValue, _ weights: [Double], precision: Double) -> Channels {
        if p.isBeyondStep { return Array(repeating: 0, count: channelCount) }
        if function.kind == .beta {
            let (a, b) = (Double.log(p.value), Double.log(p.complement))
            return [(weights[0] - 1) * a + (weights[1] - 1) * b, a, b, 0, 0, 0]
        }
        if function.kind == .logistic {
            let slope = precision * p.value
            let half = 1 / (1 + Double.exp(weights[0] * slope))
            return [.log(2 * half), -slope * (1 - half), -slope * slope * half * (1 - half)]
        }
        let slope = precision * slope(p)
        return [weights[0] * slope, slope, 0]
    }
}
