/// Search for the τ² ≥ 0 that globally maximizes a (restricted) likelihood.
///
/// It evaluates the score from 0 upward, in steps proportional to τ² plus the least v, until the score stays negative. A step
/// is rejected and shortened until `ScoreTerms.settleSign` proves that it skips no root (docs/decisions/0002). Each change of
/// sign from + to − is a mode, refined by Newton's method within its bracket. The result is NaN if numbers out of range make
/// the modes undetectable.
struct LikelihoodSearch: TauSquaredSearch {
    let variances: ClosedRange<Double>
    private(set) var point = 0.0
    private(set) var isDone = false
    private(set) var iterations = 0
    /// Number of local maxima found, including one at 0.
    private(set) var modeCount = 0
    private(set) var latestMode = 0.0

    /// Length of a step, as a multiple of τ² plus the least v.
    private var stride = 3.0
    private var pointBefore = 0.0
    private var before = ScoreTerms<Double>()
    private var isStarting = true
    private var isRefining = false
    private var low = 0.0
    private var high = 0.0
    private var lastStep = 0.0
    private var pointAfter = 0.0
    private var after = ScoreTerms<Double>()

    /// Creates a search.
    ///
    /// - Parameter variances: least and greatest sampling variance.
    init(variances: ClosedRange<Double>) { self.variances = variances }

    @inline(__always)
    mutating func take(_ reading: ScoreTerms<Double>) {
        iterations += 1
        guard iterations < Self.greatestIterations else {
            point = .nan
            return isDone = true
        }
        if isRefining { return refine(reading) }
        guard !isStarting else {
            isStarting = false
            if point == 0, reading.score <= 0 { add(mode: 0) }
            return walk(from: point, reading)
        }
        let width = point - pointBefore
        if width > Self.leastStride * (pointBefore + variances.lowerBound),
            !ScoreTerms<Double>.settleSign(between: before, and: reading, width: width)
        {
            stride *= Self.shortening
            point = pointBefore + width * Self.shortening
            return
        }
        if before.score > 0, reading.score <= 0 {
            (pointAfter, after) = (point, reading)
            (low, high) = (pointBefore, point)
            lastStep = width
            let (ratioBefore, ratioAfter) = (before.trace / before.squaredForm, reading.trace / reading.squaredForm)
            point = low + width * ((1 - ratioBefore) / (ratioAfter - ratioBefore))
            isRefining = true
            return
        }
        walk(from: point, reading)
    }

    /// Continues from a τ² below which the score is known to be positive.
    mutating func skip(to tauSquared: Double) {
        guard !isDone, !isRefining, tauSquared > point else { return }
        point = tauSquared
        isStarting = true
    }

    /// Roots of the score closer than this differ in log-likelihood by about k × 1e-12.
    private static let leastStride = 1e-4
    private static let greatestStride = 8.0
    /// Maximum number of evaluations. Variances 1e80 apart need hundreds. If effects and variances are out of range, no step is
    /// ever conclusive, every step has the minimum length, and the search ends without a result.
    private static let greatestIterations = 200_000
    private static let shortening = 0.3
    /// Total variance beyond which the square of a weight is no longer a normal floating-point number.
    private static let greatestTotalVariance = 6e153

    @inline(__always)
    private mutating func walk(from left: Double, _ reading: ScoreTerms<Double>) {
        // If squared weights underflow, the score has no correct digits; without any weight it is NaN.
        if left + variances.lowerBound > Self.greatestTotalVariance, reading.score.isFinite {
            point = .nan
            return isDone = true
        }
        if reading.staysNegative(greatest: left + variances.upperBound) || !reading.score.isFinite {
            point = latestMode
            return isDone = true
        }
        (pointBefore, before) = (left, reading)
        if left > 0, stride < Self.greatestStride { stride *= 2 }
        point = left + stride * (left + variances.lowerBound)
    }

    /// Takes a Newton step, or bisects when the step leaves the bracket or shrinks it too little.
    @inline(__always)
    private mutating func refine(_ reading: ScoreTerms<Double>) {
        if reading.score > 0 { low = point } else { high = point }
        var next = point + reading.newtonStep
        if !(next >= low && next <= high) || abs(next - point) > 0.5 * lastStep { next = 0.5 * (low + high) }
        lastStep = abs(next - point)
        point = next
        // Each bisection halves the bracket, so the loop terminates.
        guard lastStep <= lastTauSquaredStep * (point + variances.lowerBound) else { return }
        add(mode: point)
        isRefining = false
        walk(from: pointAfter, after)
    }

    @inline(__always)
    private mutating func add(mode: Double) {
        latestMode = mode
        modeCount += 1
    }
}

extension VarianceComponentModel {
    /// Number of evaluations after which sampling variances must be many orders of magnitude below the variance of the effects.
    private static let iterationsOfLongWalks = 64

    /// Finds the τ² ≥ 0 that globally maximizes the (restricted) likelihood.
    func tauSquaredOfGreatestLikelihood(restricted: Bool) -> SearchResult {
        let found = tauSquaredOfGreatestLikelihood(restricted: restricted, from: 0)
        guard found.tauSquared.isNaN else { return found }
        let floor = tauSquaredFloor(restricted: restricted)
        return floor > 0 ? nearOne(floor, restricted: restricted) ?? found : found
    }

    private func tauSquaredOfGreatestLikelihood(restricted: Bool, from start: Double) -> SearchResult {
        var search = LikelihoodSearch(variances: varianceRange)
        search.skip(to: start)
        var modes: [Double] = []
        while !search.isDone {
            if search.iterations == Self.iterationsOfLongWalks {
                search.skip(to: tauSquaredFloor(restricted: restricted))
            }
            search.take(scoreTerms(at: search.point, restricted: restricted))
            if search.modeCount > modes.count { modes.append(search.latestMode) }
        }
        guard !search.point.isNaN else {
            return SearchResult(tauSquared: .nan, iterations: search.iterations, modes: max(1, modes.count))
        }
        var best = search.latestMode
        if modes.count > 1 {
            var greatest = -Double.infinity
            for mode in modes {
                let likelihood = profileLogLikelihood(at: mode, restricted: restricted)
                if likelihood > greatest { (best, greatest) = (mode, likelihood) }
            }
        }
        return SearchResult(tauSquared: best, iterations: search.iterations, modes: max(1, modes.count))
    }

    /// Searches from this lower bound of τ² upward, in units in which it is near 1. Sampling variances that are negligible
    /// beside it then need no digits.
    private func nearOne(_ floor: Double, restricted: Bool) -> SearchResult? {
        let exponent = Int(floor.exponent) / 2
        let down = Double(sign: .plus, exponent: -exponent, significand: 1)
        let up = Double(sign: .plus, exponent: exponent, significand: 1)
        let least = 1e-60
        guard
            let model = try? VarianceComponentModel(
                responses: responses.map { $0 * down }, variances: variances.map { max($0 * down * down, least) },
                design: design, areContrasts: areContrasts)
        else { return nil }
        var result = model.tauSquaredOfGreatestLikelihood(restricted: restricted, from: floor * down * down)
        result.tauSquared *= up * up
        return result
    }
}
