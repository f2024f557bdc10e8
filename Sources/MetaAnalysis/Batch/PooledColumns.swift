/// Columns into which the results of consecutive groups are written.
struct PooledColumns {
    let estimates: UnsafeMutablePointer<Double>
    let standardErrors: UnsafeMutablePointer<Double>
    let tauSquared: UnsafeMutablePointer<Double>
    let iSquared: UnsafeMutablePointer<Double>
    let cochranQ: UnsafeMutablePointer<Double>

    /// Makes columns of `count` numbers each, one after the other.
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

/// The stored results of one group, or of several in the lanes of a vector.
struct GroupNumbers<Number: Hashable & Sendable>: Hashable, Sendable {
    var estimate: Number
    var standardError: Number
    var tauSquared: Number
    var iSquared: Number
    var cochranQ: Number
}

extension GroupNumbers where Number: LaneArithmetic {
    /// Computes the results from the sums at τ² and at 0.
    ///
    /// - Parameters:
    ///   - estimate: pooled effect.
    ///   - sumOfWeights: sum of the weights w = 1 / (v + τ²).
    ///   - form: Σ w (y − mean)² at these weights.
    ///   - tauSquared: τ².
    ///   - cochranQ: Cochran's Q.
    ///   - traceP: tr P at τ² = 0.
    ///   - degreesOfFreedom: degrees of freedom, greater than 0.
    ///   - interval: method of the interval, which may scale the standard error.
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
        // I² is τ² / (τ² + typical sampling variance), where the latter is the degrees of freedom divided by tr P.
        let between = tauSquared.times(traceP)
        iSquared = Number(repeating: 100).times(between).over(between.plus(degreesOfFreedom))
    }
}
