/// Pools four groups at once if τ² has a closed form: common effect, known τ², DerSimonian–Laird.
struct ClosedFormLanes {
    typealias Lanes = SIMD4<Double>

    enum TauSquaredRule {
        case common
        case known(Double)
        case derSimonianLaird
    }

    let rule: TauSquaredRule
    let interval: IntervalMethod
    /// Rows of distances, variances and weights, one row for each study.
    private let distances: UnsafeMutablePointer<Lanes>
    private let variances: UnsafeMutablePointer<Lanes>
    private let weights: UnsafeMutablePointer<Lanes>

    /// Allocates memory for four groups.
    ///
    /// - Parameter capacity: largest number of studies of a group.
    init(rule: TauSquaredRule, interval: IntervalMethod, capacity: Int) {
        self.rule = rule
        self.interval = interval
        distances = .allocate(capacity: 3 * capacity)
        variances = distances + capacity
        weights = variances + capacity
    }

    func deallocate() { distances.deallocate() }

    /// Pools four groups.
    ///
    /// - Parameter screening: receives every number if the four groups have one size; otherwise the numbers have been screened before.
    @inline(__always)
    func pool(_ quad: GroupQuad, of studies: BatchStudies, _ screening: inout BatchScreening) -> GroupNumbers<Lanes> {
        if let count = quad.commonCount {
            return pool(
                quad, rows: count, degrees: Lanes(repeating: Double(count - 1)), isUniform: true, of: studies,
                &screening)
        }
        return pool(
            quad, rows: quad.greatestCount, degrees: quad.degreesOfFreedom, isUniform: false, of: studies, &screening)
    }

    @inline(__always)
    private func pool(
        _ quad: GroupQuad, rows: Int, degrees: Lanes, isUniform: Bool, of studies: BatchStudies,
        _ screening: inout BatchScreening
    ) -> GroupNumbers<Lanes> {
        let (start0, start1) = (studies.start(of: quad.groups.0), studies.start(of: quad.groups.1))
        let (start2, start3) = (studies.start(of: quad.groups.2), studies.start(of: quad.groups.3))
        let (y0, y1) = (studies.estimates + start0, studies.estimates + start1)
        let (y2, y3) = (studies.estimates + start2, studies.estimates + start3)
        let (v0, v1) = (studies.variances + start0, studies.variances + start1)
        let (v2, v3) = (studies.variances + start2, studies.variances + start3)
        let first = Lanes(y0[0], y1[0], y2[0], y3[0])

        var sum = Lanes()
        // Products of the weights of two studies. Σ w − Σ w² / Σ w would lose the digits of small weights beside a large one.
        var pairs = Lanes()
        var shift = Lanes()
        var position = 0
        for row in 0..<rows {
            var response = first
            // Rows after the last study of a group have weight 0.
            var variance = Lanes(repeating: .infinity)
            if isUniform {
                response = Lanes(y0[position], y1[position], y2[position], y3[position])
                variance = Lanes(v0[position], v1[position], v2[position], v3[position])
                screening.see(response, variance)
            } else {
                if row < quad.counts.0 { (response[0], variance[0]) = (y0[position], v0[position]) }
                if row < quad.counts.1 { (response[1], variance[1]) = (y1[position], v1[position]) }
                if row < quad.counts.2 { (response[2], variance[2]) = (y2[position], v2[position]) }
                if row < quad.counts.3 { (response[3], variance[3]) = (y3[position], v3[position]) }
            }
            position += studies.stride
            let weight = 1 / variance
            let distance = response - first
            pairs += weight * sum
            sum += weight
            shift += weight * distance
            distances[row] = distance
            variances[row] = variance
            weights[row] = weight
        }
        let mean = shift / sum
        var cochranQ = Lanes()
        for row in 0..<rows {
            let residual = distances[row] - mean
            cochranQ += weights[row] * residual * residual
            distances[row] = residual
        }
        let slope = 2 * pairs / sum
        let excess = cochranQ - degrees
        var tauSquared = Lanes()
        switch rule {
        case .common: break
        case .known(let value): tauSquared = Lanes(repeating: value)
        case .derSimonianLaird:
            // For one study, both excess and slope are 0.
            tauSquared = excess / slope
            tauSquared.replace(with: 0, where: .!(tauSquared .> 0))
        }
        var form = cochranQ
        var estimate = first + mean
        let isHeterogeneous = tauSquared .> 0
        if any(isHeterogeneous) {
            var randomSum = Lanes()
            var randomShift = Lanes()
            var randomForm = Lanes()
            for row in 0..<rows {
                let weight = 1 / (variances[row] + tauSquared)
                let weighted = weight * distances[row]
                randomSum += weight
                randomShift += weighted
                randomForm += weighted * distances[row]
            }
            let move = randomShift / randomSum
            // A lane with τ² = 0 keeps its numbers, so that its neighbors do not change their last bit.
            sum.replace(with: randomSum, where: isHeterogeneous)
            form.replace(with: randomForm - move * randomShift, where: isHeterogeneous)
            estimate.replace(with: estimate + move, where: isHeterogeneous)
        }
        // One study has no degrees of freedom and keeps its own standard error.
        let single = degrees .== 0
        var pooled = GroupNumbers(
            estimate: estimate, sumOfWeights: sum, form: form.replacing(with: 1, where: single), tauSquared: tauSquared,
            cochranQ: cochranQ, traceP: slope, degreesOfFreedom: degrees.replacing(with: 1, where: single),
            interval: interval)
        if case .common = rule {
            pooled.iSquared = 100 * excess / cochranQ
            pooled.iSquared.replace(with: 0, where: .!(pooled.iSquared .> 0))
        }
        return pooled
    }
}
