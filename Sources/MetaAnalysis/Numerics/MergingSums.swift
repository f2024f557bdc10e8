/// Sums over some responses at fixed weights a, from which those over two parts together follow without cancellation.
///
/// Leaving one response out puts those before and those after it together, where taking it away from the whole would lose its digits:
/// the rest of a response of great weight is small. k responses have all k such sums in O(k).
struct MergingSums {
    private(set) var count = 0
    /// Σ a.
    private(set) var weight = 0.0
    /// Σ a².
    private(set) var squaredWeight = 0.0
    /// Σ av.
    private(set) var weightedVariance = 0.0
    /// Σ a²v.
    private(set) var squaredWeightedVariance = 0.0
    /// Σ ay / Σ a.
    private(set) var mean = 0.0
    /// Σ a (y − mean)².
    private(set) var squares = 0.0

    init() {}

    init(response: Double, variance: Double, weight: Double) {
        count = 1
        self.weight = weight
        squaredWeight = weight * weight
        weightedVariance = weight * variance
        squaredWeightedVariance = weight * (weight * variance)
        mean = response
    }

    func merged(with other: MergingSums) -> MergingSums {
        guard count > 0 else { return other }
        guard other.count > 0 else { return self }
        var sums = self
        sums.count += other.count
        sums.weight += other.weight
        sums.squaredWeight += other.squaredWeight
        sums.weightedVariance += other.weightedVariance
        sums.squaredWeightedVariance += other.squaredWeightedVariance
        let distance = other.mean - mean
        let share = other.weight / sums.weight
        sums.mean = mean + distance * share
        sums.squares += other.squares + distance * distance * (weight * share)
        return sums
    }

    /// tr P for the projection P at these weights.
    var projectionTrace: Double { weight - squaredWeight / weight }

    /// tr(PV) for the diagonal matrix V of the variances.
    var varianceTrace: Double { weightedVariance - squaredWeightedVariance / weight }
}

extension MergingSums {
    /// Of the first 0, 1, …, k responses.
    static func accumulating(_ responses: [Double], _ variances: [Double], weights: [Double]) -> [MergingSums] {
        var sums = [MergingSums()]
        sums.reserveCapacity(responses.count + 1)
        for index in responses.indices {
            sums.append(
                sums[index].merged(
                    with: MergingSums(
                        response: responses[index], variance: variances[index], weight: weights[index])))
        }
        return sums
    }

    /// Of all responses but one, for each.
    static func leavingOneOut(_ responses: [Double], _ variances: [Double], weights: [Double]) -> [MergingSums] {
        var sums = accumulating(responses, variances, weights: weights)
        sums.removeLast()
        var after = MergingSums()
        for index in responses.indices.reversed() {
            sums[index] = sums[index].merged(with: after)
            after = MergingSums(response: responses[index], variance: variances[index], weight: weights[index])
                .merged(with: after)
        }
        return sums
    }
}
