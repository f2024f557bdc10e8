/// Where the numbers of some groups that follow each other are written.
struct PooledColumns {
    let estimates: UnsafeMutablePointer<Double>
    let standardErrors: UnsafeMutablePointer<Double>
    let tauSquared: UnsafeMutablePointer<Double>
    let iSquared: UnsafeMutablePointer<Double>
    let cochranQ: UnsafeMutablePointer<Double>

    /// Columns one after the other, `count` numbers in each.
    init(_ numbers: UnsafeMutablePointer<Double>, count: Int) {
        estimates = numbers
        standardErrors = numbers + count
        tauSquared = numbers + 2 * count
        iSquared = numbers + 3 * count
        cochranQ = numbers + 4 * count
    }

    static let columnCount = 5

    @inline(__always)
    func write(_ group: Int, _ pooled: GroupNumbers<Double>) {
        estimates[group] = pooled.estimate
        standardErrors[group] = pooled.standardError
        tauSquared[group] = pooled.tauSquared
        iSquared[group] = pooled.iSquared
        cochranQ[group] = pooled.cochranQ
    }

    @inline(__always)
    func write(_ quad: GroupQuad, _ pooled: GroupNumbers<SIMD4<Double>>) {
        Self.write(quad.groups, pooled.estimate, to: estimates)
        Self.write(quad.groups, pooled.standardError, to: standardErrors)
        Self.write(quad.groups, pooled.tauSquared, to: tauSquared)
        Self.write(quad.groups, pooled.iSquared, to: iSquared)
        Self.write(quad.groups, pooled.cochranQ, to: cochranQ)
    }

    @inline(__always)
    private static func write(
        _ groups: (Int, Int, Int, Int), _ values: SIMD4<Double>, to column: UnsafeMutablePointer<Double>
    ) {
        column[groups.0] = values[0]
        column[groups.1] = values[1]
        column[groups.2] = values[2]
        column[groups.3] = values[3]
    }
}

/// What is stored of one group, or of several side by side.
struct GroupNumbers<Number: Hashable & Sendable>: Hashable, Sendable {
    var estimate: Number
    var standardError: Number
    var tauSquared: Number
    var iSquared: Number
    var cochranQ: Number
}

extension GroupNumbers where Number: LaneArithmetic {
    /// Under random effects, from what the sums at τ² and at 0 give.
    ///
    /// - Parameters:
    ///   - form: Σ w (y − mean)² at weights w = 1 / (v + τ²).
    ///   - traceP: tr P at τ² = 0.
    ///   - degreesOfFreedom: greater than 0.
    @inline(__always)
    init(
        estimate: Number, sumOfWeights: Number, form: Number, tauSquared: Number, cochranQ: Number, traceP: Number,
        degreesOfFreedom: Number, interval: IntervalMethod
    ) {
        self.estimate = estimate
        self.tauSquared = tauSquared
        self.cochranQ = cochranQ
        let scale = interval.varianceScale(residual: form, degreesOfFreedom: degreesOfFreedom)
        standardError = scale.over(sumOfWeights).squareRoot()
        // τ² over τ² plus the variance of a typical study, degrees of freedom over tr P.
        let between = tauSquared.times(traceP)
        iSquared = Number(repeating: 100).times(between).over(between.plus(degreesOfFreedom))
    }
}
