/// Sums over some responses at fixed weights a; the sums over two disjoint parts can be merged without cancellation.
///
/// The sums without one response are those before it merged with those after it. Subtracting a response of great weight from the whole
/// would lose digits, because the rest is small. All k such sums of k responses take O(k).
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
    /// Returns the sums of the first 0, 1, …, k responses.
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

    /// Returns the sums of all responses but one, for each response.
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
