/// An equation for τ²: the numbers that its search needs from a group, and the start of the search.
protocol TauSquaredEquation {
    associatedtype Search: TauSquaredSearch
    /// The numbers that the searches of four groups need.
    associatedtype Readings
    func search(_ start: SearchStart) -> Search
    func read(_ sums: WeightedPowerSums<SIMD4<Double>>) -> Readings
    func reading(of lane: Int, in readings: Readings) -> Search.Reading
    /// Whether several modes remain to be compared.
    func isUndecided(_ search: Search) -> Bool
    /// Returns τ² of a single group, for a search that is undecided.
    func tauSquared(_ model: VarianceComponentModel) -> Double
}

/// The numbers of a group that are known before the search.
struct SearchStart {
    var degreesOfFreedom: Double
    /// Smallest and largest sampling variance.
    var variances: ClosedRange<Double>
}

/// The equation that yᵀPy equals its degrees of freedom.
struct QuadraticFormEquation: TauSquaredEquation {
    @inline(__always)
    func search(_ start: SearchStart) -> QuadraticFormSearch {
        QuadraticFormSearch(target: start.degreesOfFreedom, unit: start.variances.lowerBound)
    }

    @inline(__always)
    func read(_ sums: WeightedPowerSums<SIMD4<Double>>) -> QuadraticForms<SIMD4<Double>> { sums.quadraticForms }

    @inline(__always)
    func reading(of lane: Int, in readings: QuadraticForms<SIMD4<Double>>) -> QuadraticForms<Double> { readings[lane] }

    @inline(__always)
    func isUndecided(_ search: QuadraticFormSearch) -> Bool { false }

    func tauSquared(_ model: VarianceComponentModel) -> Double {
        model.tauSquared(whereQuadraticFormIs: model.residualDegreesOfFreedom).tauSquared
    }
}

/// The maximum of the (restricted) likelihood.
struct LikelihoodEquation: TauSquaredEquation {
    let restricted: Bool

    @inline(__always)
    func search(_ start: SearchStart) -> LikelihoodSearch {
        LikelihoodSearch(variances: start.variances)
    }

    @inline(__always)
    func read(_ sums: WeightedPowerSums<SIMD4<Double>>) -> ScoreTerms<SIMD4<Double>> {
        sums.scoreTerms(restricted: restricted)
    }

    @inline(__always)
    func reading(of lane: Int, in readings: ScoreTerms<SIMD4<Double>>) -> ScoreTerms<Double> { readings[lane] }

    @inline(__always)
    func isUndecided(_ search: LikelihoodSearch) -> Bool { search.modeCount > 1 || search.point.isNaN }

    func tauSquared(_ model: VarianceComponentModel) -> Double {
        model.tauSquaredOfGreatestLikelihood(restricted: restricted).tauSquared
    }
}

/// Pools four groups at once if τ² needs a search; a lane that is finished takes the next group.
struct SearchLanes<Equation: TauSquaredEquation> {
    typealias Lanes = SIMD4<Double>

    let equation: Equation
    let interval: IntervalMethod
    /// Groups to pool, each of two or more studies.
    let queue: [Int]
    let studies: BatchStudies
    let columns: PooledColumns
    /// Largest number of studies of a group.
    let capacity: Int

    /// The state of a group that is being pooled.
    private struct Lane {
        var group: Int
        var count: Int
        var search: Equation.Search
        /// Mean at weights 1 / v, from which distances are measured.
        var origin: Double
        /// tr P at τ² = 0.
        var traceP: Double
        var sumOfWeights = 0.0
        var cochranQ = 0.0
        /// Whether τ² is found and only the sums at it are missing.
        var isFound = false

        var degreesOfFreedom: Double { Double(count - 1) }
    }

    func pool() {
        // Rows of distances and variances, one row for each study and one lane for each group.
        let distances = UnsafeMutablePointer<Lanes>.allocate(capacity: 2 * capacity)
        let variances = distances + capacity
        let lanes = UnsafeMutablePointer<Lane>.allocate(capacity: 4)
        defer {
            distances.deallocate()
            lanes.deallocate()
        }
        distances.initialize(repeating: Lanes(), count: capacity)
        // A row after the last study of a group has weight 0.
        variances.initialize(repeating: Lanes(repeating: .infinity), count: capacity)
        let distance = UnsafeMutableRawPointer(distances).assumingMemoryBound(to: Double.self)
        let variance = UnsafeMutableRawPointer(variances).assumingMemoryBound(to: Double.self)

        var next = 0
        var used = SIMD4<Int>(repeating: 0)
        while next < min(4, queue.count) {
            lanes[next] = start(queue[next], distance + next, variance + next, clearing: 0)
            used[next] = lanes[next].count
            next += 1
        }
        var points = Lanes()
        while true {
            let rows = used.max()
            guard rows > 0 else { return }
            var sums = WeightedPowerSums<Lanes>()
            for row in 0..<rows { sums.add(weight: 1 / (variances[row] + points), distance: distances[row]) }
            let readings = equation.read(sums)
            for index in 0..<4 where used[index] > 0 {
                if lanes[index].isFound {
                    finish(lanes[index], tauSquared: points[index], sums: sums[index])
                } else {
                    if points[index] == 0 {
                        lanes[index].sumOfWeights = sums.w[index]
                        lanes[index].cochranQ = sums.quadraticForm[index]
                    }
                    lanes[index].search.take(equation.reading(of: index, in: readings))
                    points[index] = lanes[index].search.point
                    guard lanes[index].search.isDone else { continue }
                    if equation.isUndecided(lanes[index].search) {
                        points[index] = equation.tauSquared(studies.model(of: lanes[index].group))
                    }
                    guard points[index] == 0 else {
                        lanes[index].isFound = true
                        continue
                    }
                    finishAtZero(lanes[index])
                }
                points[index] = 0
                if next < queue.count {
                    lanes[index] = start(queue[next], distance + index, variance + index, clearing: used[index])
                    used[index] = lanes[index].count
                    next += 1
                } else {
                    used[index] = 0
                }
            }
        }
    }

    /// Puts a group into a lane.
    ///
    /// - Parameter clearing: number of rows of the former group in the lane.
    @inline(__always)
    private func start(
        _ group: Int, _ distance: UnsafeMutablePointer<Double>, _ variance: UnsafeMutablePointer<Double>,
        clearing: Int
    ) -> Lane {
        let count = studies.count(of: group)
        let responses = studies.estimates + studies.start(of: group)
        let given = studies.variances + studies.start(of: group)
        var least = Double.infinity
        var greatest = 0.0
        var sum = 0.0
        var pairs = 0.0
        var product = 0.0
        for row in 0..<count {
            let own = given[row * studies.stride]
            variance[4 * row] = own
            least = min(least, own)
            greatest = max(greatest, own)
            let weight = 1 / own
            pairs += weight * sum
            sum += weight
            product += weight * (responses[row * studies.stride] - responses[0])
        }
        let origin = responses[0] + product / sum
        for row in 0..<count { distance[4 * row] = responses[row * studies.stride] - origin }
        for row in stride(from: count, to: clearing, by: 1) {
            distance[4 * row] = 0
            variance[4 * row] = .infinity
        }
        let degrees = Double(count - 1)
        return Lane(
            group: group, count: count,
            search: equation.search(
                SearchStart(degreesOfFreedom: degrees, variances: ClosedRange(uncheckedBounds: (least, greatest)))),
            origin: origin, traceP: 2 * pairs / sum)
    }

    @inline(__always)
    private func finish(_ lane: Lane, tauSquared: Double, sums: WeightedPowerSums<Double>) {
        write(lane, tauSquared: tauSquared, shift: sums.mean, sumOfWeights: sums.w, form: sums.quadraticForm)
    }

    @inline(__always)
    private func finishAtZero(_ lane: Lane) {
        write(lane, tauSquared: 0, shift: 0, sumOfWeights: lane.sumOfWeights, form: lane.cochranQ)
    }

    @inline(__always)
    private func write(_ lane: Lane, tauSquared: Double, shift: Double, sumOfWeights: Double, form: Double) {
        columns.write(
            lane.group,
            GroupNumbers(
                estimate: lane.origin + shift, sumOfWeights: sumOfWeights, form: form, tauSquared: tauSquared,
                cochranQ: lane.cochranQ, traceP: lane.traceP, degreesOfFreedom: lane.degreesOfFreedom,
                interval: interval))
    }
}
