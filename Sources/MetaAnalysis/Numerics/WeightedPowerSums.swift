/// A type for arithmetic side by side: a single number, or a vector whose lanes are numbers.
///
/// Its operations have names, because operators of a protocol would be candidates in every expression of the module.
protocol LaneArithmetic {
    init(repeating value: Double)
    func plus(_ other: Self) -> Self
    func minus(_ other: Self) -> Self
    func times(_ other: Self) -> Self
    func over(_ other: Self) -> Self
    func squareRoot() -> Self
    /// Returns the larger number in each lane.
    static func larger(_ left: Self, _ right: Self) -> Self
}

extension Double: LaneArithmetic {
    @inline(__always) init(repeating value: Double) { self = value }
    @inline(__always) func plus(_ other: Double) -> Double { self + other }
    @inline(__always) func minus(_ other: Double) -> Double { self - other }
    @inline(__always) func times(_ other: Double) -> Double { self * other }
    @inline(__always) func over(_ other: Double) -> Double { self / other }
    @inline(__always) static func larger(_ left: Double, _ right: Double) -> Double { max(left, right) }
}

extension SIMD4: LaneArithmetic where Scalar == Double {
    @inline(__always) func plus(_ other: Self) -> Self { self + other }
    @inline(__always) func minus(_ other: Self) -> Self { self - other }
    @inline(__always) func times(_ other: Self) -> Self { self * other }
    @inline(__always) func over(_ other: Self) -> Self { self / other }
    @inline(__always) static func larger(_ left: Self, _ right: Self) -> Self {
        left.replacing(with: right, where: left .< right)
    }
}

@inline(__always) private func + <Number: LaneArithmetic>(left: Number, right: Number) -> Number { left.plus(right) }
@inline(__always) private func - <Number: LaneArithmetic>(left: Number, right: Number) -> Number { left.minus(right) }
@inline(__always) private func * <Number: LaneArithmetic>(left: Number, right: Number) -> Number { left.times(right) }
@inline(__always) private func / <Number: LaneArithmetic>(left: Number, right: Number) -> Number { left.over(right) }

/// The sums Σ wᵃ dᵇ for a = 1, 2, 3 and b = 0, 1, 2 over weights w and distances d from a point: they determine a weighted mean, the
/// quadratic forms around it, and the traces of its projection.
///
/// With `P = W − W1(1ᵀW1)⁻¹1ᵀW`. Moving from the point to the mean takes differences. Their rounding is small if the point is the mean at
/// other weights of the same order (see `VarianceComponentModel`). `Number` holds one group, or several side by side.
struct WeightedPowerSums<Number: LaneArithmetic> {
    var w = Number(repeating: 0)
    var ww = Number(repeating: 0)
    var www = Number(repeating: 0)
    var wd = Number(repeating: 0)
    var wwd = Number(repeating: 0)
    var wwwd = Number(repeating: 0)
    var wdd = Number(repeating: 0)
    var wwdd = Number(repeating: 0)
    var wwwdd = Number(repeating: 0)

    @inline(__always)
    mutating func add(weight: Number, distance: Number) {
        let squared = weight * weight
        let once = weight * distance
        let twice = weight * once
        w = w + weight
        ww = ww + squared
        www = www + squared * weight
        wd = wd + once
        wwd = wwd + twice
        wwwd = wwwd + weight * twice
        wdd = wdd + once * distance
        wwdd = wwdd + once * once
        wwwdd = wwwdd + twice * once
    }

    /// Weighted mean relative to the point.
    @inline(__always) var mean: Number { wd / w }

    /// yᵀPy = Σ w (y − mean)².
    @inline(__always) var quadraticForm: Number { wdd - mean * wd }

    /// yᵀPPy = Σ w² (y − mean)².
    @inline(__always) var squaredQuadraticForm: Number {
        let mean = mean
        return wwdd - mean * (wwd + wwd - mean * ww)
    }

    /// yᵀPPPy.
    @inline(__always) var cubedQuadraticForm: Number {
        let mean = mean
        let twice = wwd - mean * ww
        return wwwdd - mean * (wwwd + wwwd - mean * www) - twice * twice / w
    }

    /// tr P.
    @inline(__always) var traceP: Number { w - ww / w }

    /// tr PP.
    @inline(__always) var tracePP: Number {
        let ratio = ww / w
        return ww - (www + www) / w + ratio * ratio
    }

    @inline(__always) var quadraticForms: QuadraticForms<Number> {
        QuadraticForms(form: quadraticForm, squared: squaredQuadraticForm)
    }

    /// Returns the terms of the score for weights 1 / (v + τ²).
    @inline(__always) func scoreTerms(restricted: Bool) -> ScoreTerms<Number> {
        ScoreTerms(
            squaredForm: squaredQuadraticForm, cubedForm: cubedQuadraticForm,
            trace: restricted ? traceP : w, squaredTrace: restricted ? tracePP : ww)
    }
}

extension WeightedPowerSums<SIMD4<Double>> {
    /// Returns the sums of one lane.
    @inline(__always) subscript(lane: Int) -> WeightedPowerSums<Double> {
        var sums = WeightedPowerSums<Double>()
        sums.w = w[lane]
        sums.ww = ww[lane]
        sums.www = www[lane]
        sums.wd = wd[lane]
        sums.wwd = wwd[lane]
        sums.wwwd = wwwd[lane]
        sums.wdd = wdd[lane]
        sums.wwdd = wwdd[lane]
        sums.wwwdd = wwwdd[lane]
        return sums
    }

    /// Sums of all lanes together.
    @inline(__always) var total: WeightedPowerSums<Double> {
        var sums = WeightedPowerSums<Double>()
        sums.w = w.sum()
        sums.ww = ww.sum()
        sums.www = www.sum()
        sums.wd = wd.sum()
        sums.wwd = wwd.sum()
        sums.wwwd = wwwd.sum()
        sums.wdd = wdd.sum()
        sums.wwdd = wwdd.sum()
        sums.wwwdd = wwwdd.sum()
        return sums
    }
}

extension WeightedPowerSums<Double> {
    /// Computes sums at weights 1 / (v + τ²) of the distances y − `point`, four studies at a time if there are many.
    init(
        _ responses: UnsafeBufferPointer<Double>, _ variances: UnsafeBufferPointer<Double>, tauSquared: Double,
        from point: Double
    ) {
        let sideBySide = responses.count >= 16 ? responses.count & ~3 : 0
        self =
            WeightedPowerSums<SIMD4<Double>>(
                responses, variances, count: sideBySide, tauSquared: tauSquared, from: point
            ).total
        for index in sideBySide..<responses.count {
            add(weight: 1 / (variances[index] + tauSquared), distance: responses[index] - point)
        }
    }
}

extension WeightedPowerSums<SIMD4<Double>> {
    /// Computes the sums of the first `count` studies. It is a separate function because the optimizer would otherwise merge this loop with
    /// what follows it, at three times the cost.
    @inline(never)
    fileprivate init(
        _ responses: UnsafeBufferPointer<Double>, _ variances: UnsafeBufferPointer<Double>, count: Int,
        tauSquared: Double, from point: Double
    ) {
        self.init()
        guard count > 0, let response = responses.baseAddress, let variance = variances.baseAddress else { return }
        let added = SIMD4(repeating: tauSquared)
        let origin = SIMD4(repeating: point)
        for index in Swift.stride(from: 0, to: count, by: 4) {
            let given = UnsafeRawPointer(variance + index).loadUnaligned(as: SIMD4<Double>.self)
            let own = UnsafeRawPointer(response + index).loadUnaligned(as: SIMD4<Double>.self)
            add(weight: 1 / (given + added), distance: own - origin)
        }
    }
}

extension SIMD4<Double> {
    @inline(__always) fileprivate func sum() -> Double { (self[0] + self[2]) + (self[1] + self[3]) }
}
