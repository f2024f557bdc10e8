internal import RealModule

/// The search for the maximum of the likelihood of a selection model.
///
/// It uses Newton's method within a box, in μ and the logarithms of τ² and δ (shifted, so that 0 can be reached exactly). It begins at
/// several starts; with several steps, these include the solutions of the models with one step. The best of the ends is the result.
struct SelectionSearch {
    let likelihood: SelectionLikelihood
    let model: SelectionModel.EffectModel
    let start: (mean: Double, tauSquared: Double)
    /// Given values of δ; `nil` for those to be found.
    let given: [Double?]
    private let freeWeights: [Int]
    private let typicalVariance: Double
    /// Ranges of the search; a maximum at their end is taken as one at infinity.
    let meanRange: ClosedRange<Double>
    let greatestTauSquared: Double

    init(
        _ likelihood: SelectionLikelihood, model: SelectionModel.EffectModel,
        start: (mean: Double, tauSquared: Double), given: [Double?]
    ) {
        self.likelihood = likelihood
        self.model = model
        self.start = start
        self.given = given
        freeWeights = given.indices.filter { given[$0] == nil }
        let weights = likelihood.variances.reduce(0) { $0 + 1 / $1 }
        typicalVariance = Double(likelihood.count) / weights
        let low = likelihood.responses.min() ?? 0
        let high = likelihood.responses.max() ?? 0
        let reach = high - low + (likelihood.variances.max() ?? 1).squareRoot()
        meanRange = (low - 100 * reach)...(high + 100 * reach)
        greatestTauSquared = 1e4 * reach * reach
    }

    struct Point {
        var mean: Double
        var tauSquared: Double
        /// All values of δ, given ones included.
        var weights: [Double]
        var logLikelihood: Double
        var iterations = 0
        var isConverged = true
    }

    /// Finds the point of greatest likelihood.
    ///
    /// - Throws: `MetaAnalysisError` when no start has a likelihood: a given weight of 0 in a range with studies, or effects that lie too
    ///   far apart.
    func optimum() throws -> Point {
        var starts = simpleStarts()
        if model == .random, let common = homogeneousOptimum() { starts.append(common) }
        for index in freeWeights where freeWeights.count > 1 && likelihood.function.kind == .step {
            starts += singleStep(at: index)
        }
        let ends = starts.compactMap { climb(from: $0, isHomogeneous: model == .common) }
        guard let best = Self.best(ends) else {
            if likelihood.intervals.contains(where: { given.count > $0 && given[$0] == 0 }) {
                throw MetaAnalysisError(
                    .notEstimable, "a range of p-values in which there are studies was given the weight 0",
                    remedy: "give a weight above 0, however small")
            }
            throw MetaAnalysisError.outOfRange
        }
        return best
    }

    /// Finds the maximum with τ² = 0.
    func homogeneousOptimum() -> Point? {
        var common = self
        common = SelectionSearch(likelihood, model: .common, start: (commonMean, 0), given: given)
        return Self.best(common.simpleStarts().compactMap { common.climb(from: $0, isHomogeneous: true) })
    }

    private var commonMean: Double {
        let weights = likelihood.variances.map { 1 / $0 }
        return zip(weights, likelihood.responses).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }

    /// Returns the first of the ends that are best to within rounding, so that a further start does not change the last digits.
    private static func best(_ ends: [Point]) -> Point? {
        guard let greatest = ends.map(\.logLikelihood).max() else { return nil }
        return ends.first { $0.logLikelihood >= greatest - 1e-12 * (1 + abs(greatest)) && $0.isConverged }
            ?? ends.first { $0.logLikelihood == greatest }
    }

    // MARK: - Starts

    /// Returns no selection and, for several τ², the most likely points of a coarse grid.
    private func simpleStarts() -> [Point] {
        let null = likelihood.function.nullValue
        let plain = point(start.mean, start.tauSquared, filled(Array(repeating: null, count: freeWeights.count)))
        let variances = model == .common ? [0] : [start.tauSquared, 0, responseVariance, 4 * responseVariance]
        let centers = [start.mean, likelihood.responses.reduce(0, +) / Double(likelihood.count)]
        var starts = [plain].compactMap(\.self)
        for tauSquared in variances {
            let spread = (typicalVariance + tauSquared).squareRoot()
            var grid: [Point] = []
            for weights in weightStarts {
                for center in centers {
                    for shift in [0.0, -1, 1, -3] {
                        if let point = point(center + shift * spread, tauSquared, filled(weights)) {
                            grid.append(point)
                        }
                    }
                }
            }
            // Ties are resolved in the order of the grid.
            let ranked = grid.enumerated().sorted {
                ($0.element.logLikelihood, -$0.offset) > ($1.element.logLikelihood, -$1.offset)
            }
            starts += ranked.prefix(model == .common ? 4 : 2).map(\.element)
        }
        return starts
    }

    private var responseVariance: Double {
        let count = Double(likelihood.count)
        let mean = likelihood.responses.reduce(0, +) / count
        return likelihood.responses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    }

    private var weightStarts: [[Double]] {
        let count = freeWeights.count
        if count == 0 { return [[]] }
        switch likelihood.function.kind {
        case .step, .truncation:
            return [0.5, 0.2, 2, 8].map { ratio in
                (1...count).map { min(20, max(0.02, Double.pow(ratio, Double($0)))) }
            }
                + (count > 1
                    ? [(1...count).map { $0 % 2 == 1 ? 0.3 : 3 }, (1...count).map { $0 % 2 == 1 ? 3 : 0.3 }] : [])
        case .beta:
            let pairs = [[0.5, 1.0], [1, 2], [1, 0.5], [2, 1], [0.7, 3], [2, 2]]
            return count == 2 ? pairs : [[0.5], [1], [2]]
        case .halfNormal, .negativeExponential, .logistic, .power: return [[0.3], [1], [4], [15]]
        }
    }

    /// Finds the optimum of the model whose only step is the one before the weight `index`; the full model contains it.
    private func singleStep(at index: Int) -> [Point] {
        let cuts = likelihood.function.cutPoints
        guard index > 0, index <= cuts.count, given.enumerated().allSatisfy({ $0.offset == 0 || $0.element == nil })
        else { return [] }
        let single = SelectionSearch(
            likelihood.withSteps([cuts[index - 1]]), model: model, start: start, given: [1, nil])
        guard
            let end = Self.best(
                single.simpleStarts().compactMap { single.climb(from: $0, isHomogeneous: model == .common) })
        else { return [] }
        let weights = given.indices.map { $0 < index ? 1 : end.weights[1] }
        return [point(end.mean, end.tauSquared, weights)].compactMap(\.self)
    }

    private func filled(_ free: [Double]) -> [Double] {
        var weights = given.map { $0 ?? 1 }
        for (index, value) in zip(freeWeights, free) { weights[index] = value }
        return weights
    }

    private func point(_ mean: Double, _ tauSquared: Double, _ weights: [Double]) -> Point? {
        likelihood.evaluate(mean: mean, tauSquared: tauSquared, weights: weights, needsDerivatives: false).map {
            Point(mean: mean, tauSquared: tauSquared, weights: weights, logLikelihood: $0.value)
        }
    }

    // MARK: - Climbing

    private func climb(from start: Point, isHomogeneous: Bool) -> Point? {
        let plan = Coordinates(self, isHomogeneous: isHomogeneous)
        let end = maximum(
            of: { x, needsDerivatives in
                let point = plan.point(x)
                return likelihood.evaluate(
                    mean: point.mean, tauSquared: point.tauSquared, weights: point.weights,
                    needsDerivatives: needsDerivatives
                ).map { needsDerivatives ? plan.transformed($0, at: point) : $0 }
            }, from: plan.coordinates(start), in: plan.box, reach: plan.reach)
        return end.map { end in
            var point = plan.point(end.argument)
            point.logLikelihood = end.value
            point.iterations = end.iterations
            point.isConverged = end.isConverged
            return point
        }
    }

    /// The free parameters and the coordinates in which they are searched.
    private struct Coordinates {
        let search: SelectionSearch
        /// Positions of the free parameters among (μ, τ², δ …).
        let free: [Int]
        let shifts: [Double]
        let ranges: [ClosedRange<Double>]
        let box: [ClosedRange<Double>]
        let reach: [Double]

        init(_ search: SelectionSearch, isHomogeneous: Bool) {
            self.search = search
            free = [0] + (isHomogeneous ? [] : [1]) + search.freeWeights.map { $0 + 2 }
            let function = search.likelihood.function
            let shift = function.isPiecewise ? 1e-3 : 0.05
            shifts = free.map { $0 == 0 ? 0 : $0 == 1 ? 0.01 * search.typicalVariance : shift }
            ranges = free.map {
                $0 == 0 ? search.meanRange : $0 == 1 ? 0...search.greatestTauSquared : function.range
            }
            box = zip(ranges, shifts).map { range, shift in
                shift == 0 ? range : .log(range.lowerBound + shift) ... .log(range.upperBound + shift)
            }
            let spread = (search.typicalVariance + search.start.tauSquared).squareRoot()
            reach = free.map { $0 == 0 ? 2 * spread : 1.5 }
        }

        func coordinates(_ point: Point) -> [Double] {
            let all = [point.mean, point.tauSquared] + point.weights
            return free.indices.map { index in
                let value = all[free[index]]
                let x = shifts[index] == 0 ? value : .log(value + shifts[index])
                return min(max(x, box[index].lowerBound), box[index].upperBound)
            }
        }

        func point(_ x: [Double]) -> Point {
            var all = [0, 0] + search.given.map { $0 ?? 0 }
            for index in free.indices {
                let range = ranges[index]
                // Both ends exactly: 0 is not the exponential of any number.
                if x[index] <= box[index].lowerBound {
                    all[free[index]] = range.lowerBound
                } else if x[index] >= box[index].upperBound {
                    all[free[index]] = range.upperBound
                } else {
                    let value = shifts[index] == 0 ? x[index] : .exp(x[index]) - shifts[index]
                    all[free[index]] = min(max(value, range.lowerBound), range.upperBound)
                    // A weight that nothing changes keeps its starting value.
                    let null = search.likelihood.function.nullValue
                    if free[index] > 1, abs(all[free[index]] - null) < 1e-14 { all[free[index]] = null }
                }
            }
            return Point(mean: all[0], tauSquared: all[1], weights: Array(all[2...]), logLikelihood: 0)
        }

        /// Converts derivatives with respect to the parameters to derivatives with respect to the coordinates.
        func transformed(_ terms: SecondOrder, at point: Point) -> SecondOrder {
            let all = [point.mean, point.tauSquared] + point.weights
            let slopes = free.indices.map { shifts[$0] == 0 ? 1 : all[free[$0]] + shifts[$0] }
            var hessian = Matrix(rows: free.count, columns: free.count)
            for row in free.indices {
                for column in free.indices {
                    hessian[row, column] = terms.hessian[free[row], free[column]] * slopes[row] * slopes[column]
                }
                if shifts[row] != 0 { hessian[row, row] += terms.gradient[free[row]] * slopes[row] }
            }
            return SecondOrder(
                value: terms.value, gradient: free.indices.map { terms.gradient[free[$0]] * slopes[$0] },
                hessian: hessian)
        }
    }
}

extension SelectionLikelihood {
    /// Returns the likelihood of the same studies under a step function with other steps.
    func withSteps(_ steps: [Double]) -> SelectionLikelihood {
        SelectionLikelihood(
            responses: responses, variances: variances, function: .steps(steps), isTwoSided: isTwoSided)
    }
}

// MARK: - Standard errors

extension SelectionSearch {
    /// Square roots of the diagonal of the inverse of minus the Hessian, and the parameters that had to be left out of it.
    struct Errors {
        /// Standard errors of (μ, τ², δ …); `nil` where there is none.
        var values: [Double?]
        /// δ that were taken as known, because the likelihood does not depend on them or is greatest at an end of their range.
        var held: [Int]
    }

    /// Computes standard errors. τ² at 0 is taken as known, as in metafor, and so are δ where necessary.
    func standardErrors(at point: Point) -> Errors {
        let none = Errors(values: Array(repeating: nil, count: likelihood.size), held: [])
        guard
            let terms = likelihood.evaluate(
                mean: point.mean, tauSquared: point.tauSquared, weights: point.weights, needsDerivatives: true)
        else { return none }
        let basic = model == .random && point.tauSquared > 0 ? [0, 1] : [0]
        let inner = freeWeights.filter { index in
            let weight = point.weights[index]
            let range = likelihood.function.range
            let information = -terms.hessian[index + 2, index + 2] * max(weight * weight, 1e-6)
            return weight > range.lowerBound && weight < range.upperBound && information > 1e-9
        }
        for weights in [freeWeights, inner, []] {
            let taken = basic + weights.map { $0 + 2 }
            guard let errors = Self.errors(terms.hessian, taken) else { continue }
            var values = none.values
            for (index, error) in zip(taken, errors) { values[index] = error }
            return Errors(values: values, held: freeWeights.filter { !weights.contains($0) })
        }
        return none
    }

    private static func errors(_ hessian: Matrix, _ taken: [Int]) -> [Double]? {
        let scales = taken.map { (-hessian[$0, $0]).squareRoot() }
        guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        var information = Matrix(rows: taken.count, columns: taken.count)
        for (row, from) in taken.enumerated() {
            for (column, other) in taken.enumerated() {
                information[row, column] = -hessian[from, other] / scales[row] / scales[column]
            }
        }
        guard let eigen = SymmetricEigen(information), let least = eigen.values.first, least > 1e-9,
            let inverse = try? CholeskyFactor(information).inverse
        else { return nil }
        return scales.indices.map { inverse[$0, $0].squareRoot() / scales[$0] }
    }
}
