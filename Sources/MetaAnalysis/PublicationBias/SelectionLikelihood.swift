internal import RealModule

/// The log-likelihood of a selection model with its derivatives with respect to (μ, τ², δ₁ …).
///
/// Σ log N(y; μ, s²) + log w(p) − log A with s² = v + τ² and A = ∫ w(p(y)) N(y; μ, s²) dy. With u = (y − μ)/s the derivatives of A with
/// respect to μ are E[w Heₙ(u)] / sⁿ, Heₙ the Hermite polynomials. A normal density solves the heat equation, so that ∂A/∂τ² = ½ ∂²A/∂μ²,
/// and all derivatives come from the same few integrals. Closed form for step functions. The signs of the effects are turned so that
/// publication favors large ones.
struct SelectionLikelihood: Sendable {
    let responses: [Double]
    let variances: [Double]
    let function: SelectionFunction
    /// Range of constant weight of every study; empty for smooth functions.
    let intervals: [Int]
    let isTwoSided: Bool
    private let deviations: [Double]
    /// Values of z at every cut point, descending; for `truncation` the effect.
    private let edges: [Double]
    private let smooth: SmoothSelection?
    private let pValues: [SmoothSelection.PValue]
    private let precisions: [Double]

    /// Creates the likelihood.
    ///
    /// - Parameters:
    ///   - step: effect of `truncation`, on the scale of the responses.
    ///   - precisions: factors of δ, at most 1; `nil` for 1.
    init(
        responses: [Double], variances: [Double], function: SelectionFunction, isTwoSided: Bool, step: Double = 0,
        precisions: [Double]? = nil
    ) {
        self.responses = responses
        self.variances = variances
        self.function = function
        self.isTwoSided = isTwoSided
        deviations = variances.map { $0.squareRoot() }
        self.precisions = precisions ?? Array(repeating: 1, count: responses.count)
        let scores = zip(responses, deviations).map { $0 / $1 }
        if function.isPiecewise {
            let normal = ReferenceDistribution.normal
            let cuts = function.cutPoints
            edges = function.kind == .truncation ? [step] : cuts.map { normal.upperQuantile(isTwoSided ? $0 / 2 : $0) }
            if function.kind == .truncation {
                intervals = responses.map { $0 > step ? 0 : 1 }
            } else {
                intervals = scores.map { score in
                    let p = isTwoSided ? normal.twoSidedPValue(score) : normal.upperTail(score)
                    return cuts.firstIndex { p <= $0 } ?? cuts.count
                }
            }
            smooth = nil
            pValues = []
        } else {
            edges = []
            intervals = []
            let smooth = SmoothSelection(function, isTwoSided: isTwoSided)
            self.smooth = smooth
            pValues = scores.map(smooth.pValue)
        }
    }

    var count: Int { responses.count }

    /// Number of parameters: μ, τ² and all δ, given ones included.
    var size: Int { 2 + (function.kind == .truncation ? 2 : function.parameterCount) }

    /// Returns the weights of all ranges: `truncation` has a first weight of 1 in addition to δ.
    private func rangeWeights(_ weights: [Double]) -> [Double] {
        function.kind == .truncation ? [1] + weights : weights
    }

    /// - Returns: `nil` where the likelihood is 0 or not a number.
    func evaluate(mean: Double, tauSquared: Double, weights: [Double], needsDerivatives: Bool) -> SecondOrder? {
        let weights = rangeWeights(weights)
        let depth = needsDerivatives ? 4 : 0
        var sum = Terms(size: size)
        let shared = precisions.allSatisfy { $0 == 1 } ? smooth?.table(weights, precision: 1) : nil
        for index in responses.indices {
            let total = variances[index] + tauSquared
            let residual = responses[index] - mean
            sum.addNormal(residual: residual, variance: total)
            var moments = Moments(parameters: weights.count)
            if let smooth {
                let table = shared ?? smooth.table(weights, precision: precisions[index])
                addSmooth(to: &moments, smooth, table, index, mean, total.squareRoot(), depth)
                sum.addLogWeight(
                    smooth.logarithm(pValues[index], weights, precision: precisions[index]),
                    parameters: weights.count)
            } else {
                addRanges(to: &moments, weights, index, mean, total.squareRoot(), depth)
                let interval = intervals[index]
                sum.value += .log(weights[interval])
                sum.gradient[2 + interval] += 1 / weights[interval]
                sum.hessian[2 + interval, 2 + interval] -= 1 / (weights[interval] * weights[interval])
            }
            guard moments.value[0] > 0, moments.value[0].isFinite else { return nil }
            sum.subtractLogarithm(moments, deviation: total.squareRoot(), needsDerivatives: needsDerivatives)
        }
        guard sum.value.isFinite else { return nil }
        guard needsDerivatives else { return SecondOrder(value: sum.value, gradient: [], hessian: sum.hessian) }
        guard sum.gradient.allSatisfy(\.isFinite), sum.hessian.elements.allSatisfy(\.isFinite) else { return nil }
        if function.kind == .truncation { return sum.dropping(2) }
        return SecondOrder(value: sum.value, gradient: sum.gradient, hessian: sum.hessian)
    }

    /// Adds E[w Heₙ(u)] of a weight that is constant in ranges.
    private func addRanges(
        to moments: inout Moments, _ weights: [Double], _ index: Int, _ mean: Double, _ deviation: Double, _ depth: Int
    ) {
        let unit = function.kind == .truncation ? 1 : deviations[index]
        func standard(_ edge: Double) -> Double { (edge * unit - mean) / deviation }
        var above = Edge(.infinity, depth)
        var below = Edge(-.infinity, depth)
        for range in weights.indices {
            let isLast = range == weights.count - 1
            let low = Edge(isLast ? (isTwoSided ? standard(0) : -.infinity) : standard(edges[range]), depth)
            moments.add(weight: weights[range], range, from: low, to: above, depth)
            above = low
            guard isTwoSided else { continue }
            let high = isLast ? low : Edge(standard(-edges[range]), depth)
            moments.add(weight: weights[range], range, from: below, to: high, depth)
            below = high
        }
    }

    /// Adds E[w Heₙ(u)] of a smooth weight, by quadrature between normal tails.
    private func addSmooth(
        to moments: inout Moments, _ smooth: SmoothSelection, _ table: [Double], _ index: Int, _ mean: Double,
        _ deviation: Double, _ depth: Int
    ) {
        let stride = smooth.channelCount
        let ratio = deviations[index] / deviation
        let shift = mean / deviation
        let low = Edge(-smooth.reach * ratio - shift, depth)
        let high = Edge(smooth.reach * ratio - shift, depth)
        moments.add(table[0..<stride], from: Edge(-.infinity, depth), to: low, depth)
        moments.add(table[stride..<2 * stride], from: high, to: Edge(.infinity, depth), depth)
        moments.add(table, stride: stride, smooth, ratio: ratio, shift: shift, depth)
    }
}

/// An end of a range of u with the values that integrals up to it need.
private struct Edge {
    var u: Double
    /// φ(u) Heₙ₋₁(u) for n from 1 to 4, the integral of Heₙ above u.
    var above = (0.0, 0.0, 0.0, 0.0)

    init(_ u: Double, _ depth: Int) {
        self.u = u
        guard depth > 0, u.isFinite else { return }
        let density = Self.density(u)
        above = (density, density * u, density * (u * u - 1), density * u * (u * u - 3))
    }

    static func density(_ u: Double) -> Double { 0.3989422804014327 * Double.exp(-0.5 * u * u) }

    /// Returns P(from < U < to), computed in the nearer tail.
    static func probability(_ from: Double, _ to: Double) -> Double {
        let normal = ReferenceDistribution.normal
        if from > 0 { return normal.upperTail(from) - normal.upperTail(to) }
        if to < 0 { return normal.lowerTail(to) - normal.lowerTail(from) }
        return 1 - normal.lowerTail(from) - normal.upperTail(to)
    }
}

/// E[w Heₙ(u)] for n from 0 to 4, of the derivatives of w with respect to δ for n from 0 to 2, and of their second derivatives.
private struct Moments {
    var value = [0.0, 0.0, 0.0, 0.0, 0.0]
    /// First derivatives, three for each parameter.
    var first: [Double]
    /// Second derivatives: the upper triangle, row by row.
    var second: [Double]
    let parameters: Int

    init(parameters: Int) {
        self.parameters = parameters
        first = Array(repeating: 0, count: 3 * parameters)
        second = Array(repeating: 0, count: parameters * (parameters + 1) / 2)
    }

    /// Adds a range of constant weight, whose derivative with respect to that weight is 1.
    mutating func add(weight: Double, _ parameter: Int, from low: Edge, to high: Edge, _ depth: Int) {
        let integrals = Self.integrals(from: low, to: high)
        value[0] += weight * integrals[0]
        guard depth > 0 else { return }
        for n in 1...4 { value[n] += weight * integrals[n] }
        for n in 0...2 { first[3 * parameter + n] += integrals[n] }
    }

    /// Adds a range in which w and its derivatives are constant.
    mutating func add(_ channels: ArraySlice<Double>, from low: Edge, to high: Edge, _ depth: Int) {
        let integrals = Self.integrals(from: low, to: high)
        let place = channels.startIndex
        value[0] += channels[place] * integrals[0]
        guard depth > 0 else { return }
        for n in 1...4 { value[n] += channels[place] * integrals[n] }
        for parameter in 0..<parameters {
            for n in 0...2 { first[3 * parameter + n] += channels[place + 1 + parameter] * integrals[n] }
        }
        for pair in second.indices { second[pair] += channels[place + 1 + parameters + pair] * integrals[0] }
    }

    /// Adds the nodes of a quadrature, with u = ratio · z − shift at each. Written for speed: the search spends nearly all its time here.
    mutating func add(
        _ table: [Double], stride: Int, _ smooth: SmoothSelection, ratio: Double, shift: Double, _ depth: Int
    ) {
        var (m0, m1, m2, m3, m4) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var (a0, a1, a2, b0, b1, b2) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        var (aa, ab, bb) = (0.0, 0.0, 0.0)
        let isPair = parameters == 2
        table.withUnsafeBufferPointer { table in
            smooth.nodes.withUnsafeBufferPointer { nodes in
                smooth.lengths.withUnsafeBufferPointer { lengths in
                    var place = 2 * stride
                    var node = 0
                    while node < nodes.count {
                        let u = nodes[node] * ratio - shift
                        let square = u * u
                        let mass = lengths[node] * Double.exp(-0.5 * square)
                        let weighted = table[place] * mass
                        m0 += weighted
                        if depth > 0 {
                            let quadratic = square - 1
                            m1 += weighted * u
                            m2 += weighted * quadratic
                            m3 += weighted * u * (square - 3)
                            m4 += weighted * (square * (square - 6) + 3)
                            let part = table[place + 1] * mass
                            a0 += part
                            a1 += part * u
                            a2 += part * quadratic
                            if isPair {
                                let other = table[place + 2] * mass
                                b0 += other
                                b1 += other * u
                                b2 += other * quadratic
                                aa += table[place + 3] * mass
                                ab += table[place + 4] * mass
                                bb += table[place + 5] * mass
                            } else {
                                aa += table[place + 2] * mass
                            }
                        }
                        place += stride
                        node += 1
                    }
                }
            }
        }
        let scale = ratio * Edge.density(0)
        value[0] += scale * m0
        guard depth > 0 else { return }
        for (n, moment) in [m1, m2, m3, m4].enumerated() { value[n + 1] += scale * moment }
        for (n, moment) in [a0, a1, a2].enumerated() { first[n] += scale * moment }
        second[0] += scale * aa
        guard isPair else { return }
        for (n, moment) in [b0, b1, b2].enumerated() { first[3 + n] += scale * moment }
        second[1] += scale * ab
        second[2] += scale * bb
    }

    private static func integrals(from low: Edge, to high: Edge) -> [Double] {
        [
            Edge.probability(low.u, high.u), low.above.0 - high.above.0, low.above.1 - high.above.1,
            low.above.2 - high.above.2, low.above.3 - high.above.3,
        ]
    }
}

/// A sum over studies with its derivatives.
private struct Terms {
    var value = 0.0
    var gradient: [Double]
    var hessian: Matrix

    init(size: Int) {
        gradient = Array(repeating: 0, count: size)
        hessian = Matrix(rows: size, columns: size)
    }

    mutating func addNormal(residual: Double, variance: Double) {
        let weight = 1 / variance
        let square = residual * residual * weight
        value -= 0.5 * (.log(2 * .pi * variance) + square)
        gradient[0] += residual * weight
        gradient[1] += 0.5 * weight * (square - 1)
        hessian[0, 0] -= weight
        hessian[0, 1] -= residual * weight * weight
        hessian[1, 0] -= residual * weight * weight
        hessian[1, 1] += weight * weight * (0.5 - square)
    }

    mutating func addLogWeight(_ channels: SmoothSelection.Channels, parameters: Int) {
        value += channels[0]
        var pair = 1 + parameters
        for row in 0..<parameters {
            gradient[2 + row] += channels[1 + row]
            for column in row..<parameters {
                hessian[2 + row, 2 + column] += channels[pair]
                if column != row { hessian[2 + column, 2 + row] += channels[pair] }
                pair += 1
            }
        }
    }

    /// Subtracts log A, given the moments of u.
    mutating func subtractLogarithm(_ moments: Moments, deviation: Double, needsDerivatives: Bool) {
        let total = moments.value[0]
        value -= .log(total)
        guard needsDerivatives else { return }
        let unit = 1 / deviation
        let square = unit * unit
        let parameters = moments.parameters
        var slopes = Array(repeating: 0.0, count: 2 + parameters)
        slopes[0] = moments.value[1] * unit / total
        slopes[1] = 0.5 * moments.value[2] * square / total
        for parameter in 0..<parameters { slopes[2 + parameter] = moments.first[3 * parameter] / total }
        var bends = Matrix(rows: 2 + parameters, columns: 2 + parameters)
        bends[0, 0] = moments.value[2] * square
        bends[0, 1] = 0.5 * moments.value[3] * square * unit
        bends[1, 1] = 0.25 * moments.value[4] * square * square
        var pair = 0
        for row in 0..<parameters {
            bends[0, 2 + row] = moments.first[3 * row + 1] * unit
            bends[1, 2 + row] = 0.5 * moments.first[3 * row + 2] * square
            for column in row..<parameters {
                bends[2 + row, 2 + column] = moments.second[pair]
                pair += 1
            }
        }
        for row in slopes.indices {
            gradient[row] -= slopes[row]
            for column in row..<slopes.count {
                let bend = bends[row, column] / total - slopes[row] * slopes[column]
                hessian[row, column] -= bend
                if column != row { hessian[column, row] -= bend }
            }
        }
    }

    /// Returns the terms without a parameter that is always 1.
    func dropping(_ parameter: Int) -> SecondOrder {
        let kept = gradient.indices.filter { $0 != parameter }
        var reduced = Matrix(rows: kept.count, columns: kept.count)
        for (row, from) in kept.enumerated() {
            for (column, other) in kept.enumerated() { reduced[row, column] = hessian[from, other] }
        }
        return SecondOrder(value: value, gradient: kept.map { gradient[$0] }, hessian: reduced)
    }
}
