internal import RealModule

/// The distribution whose quantiles are closest to those reported: quantile estimation.
///
/// The minimum and maximum are taken as the quantiles at 1/n and 1 − 1/n. Each family is fitted by least squares of its quantiles, and the
/// family with the smallest sum of squares is chosen (the first of `QuantileFamily` if several are equal). Only the normal family is fitted
/// to values below 0, and the beta family only to values from 0 to 1. Source: McGrath et al. (2020), doi:10.1177/0962280219889080.
struct QuantileFit {
    var family: QuantileFamily
    var mean: Double
    var deviation: Double
    /// Sum of squared distances between quantiles, in units of the largest reported quantile.
    var squares: Double

    init(_ summary: QuantileSummary, _ scenario: QuantileSummary.Scenario) throws {
        let problem = QuantileProblem(summary, scenario)
        var best: QuantileFit?
        for family in QuantileFamily.allCases {
            guard let fit = problem.fit(family), fit.squares < best?.squares ?? .infinity else { continue }
            best = fit
        }
        guard let best else {
            throw MetaAnalysisError(
                .notEstimable, "no family of distributions can be fitted to the quantiles",
                remedy: "take another method", location: .init(column: "median"))
        }
        self = best
        mean *= problem.unit
        deviation *= problem.unit
    }

    fileprivate init(_ family: QuantileFamily, mean: Double, deviation: Double, squares: Double) {
        self.family = family
        self.mean = mean
        self.deviation = deviation
        self.squares = squares
    }
}

/// The quantiles to fit, in units of the largest of them.
private struct QuantileProblem {
    let unit: Double
    let points: [QuantilePoint]
    let targets: [Double]

    init(_ summary: QuantileSummary, _ scenario: QuantileSummary.Scenario) {
        let values = summary.values
        let size = values.reduce(0) { max($0, abs($1)) }
        unit = size
        targets = values.map { $0 / size }
        let outer = 1 / summary.size
        var tails: [Double] = []
        if scenario != .quartiles { tails.append(outer) }
        if scenario != .range { tails.append(0.25) }
        points =
            tails.map { QuantilePoint(tail: $0, isUpper: false) } + [QuantilePoint(tail: 0.5, isUpper: false)]
            + tails.reversed().map { QuantilePoint(tail: $0, isUpper: true) }
    }

    func fit(_ family: QuantileFamily) -> QuantileFit? {
        switch family {
        case .normal: return normal()
        case .logNormal: return scaled(family, shapes: (1e-4, 20))
        case .gamma: return scaled(family, shapes: (1e-2, 1e8))
        case .weibull: return scaled(family, shapes: (5e-2, 1e4))
        case .beta: return beta()
        }
    }

    private func normal() -> QuantileFit? {
        let z = points.map { $0.quantile(of: .normal) }
        // z is symmetric about 0, so the mean and the slope are estimated separately.
        let mean = targets.reduce(0, +) / Double(targets.count)
        let deviation = zip(z, targets).reduce(0) { $0 + $1.0 * $1.1 } / z.reduce(0) { $0 + $1 * $1 }
        guard deviation > 0 else { return nil }
        return QuantileFit(
            .normal, mean: mean, deviation: deviation, squares: squares(z.map { mean + deviation * $0 }))
    }

    /// Fits a family with a scale. Least squares give the scale for every shape, and the shape is searched.
    private func scaled(_ family: QuantileFamily, shapes: (Double, Double)) -> QuantileFit? {
        guard targets.allSatisfy({ $0 >= 0 }) else { return nil }
        func solution(_ logShape: Double) -> (scale: Double, squares: Double) {
            let shape = Double.exp(logShape)
            let standard = points.map { family.standardQuantile($0, shape: shape) }
            let largest = standard.reduce(0, max)
            guard largest > 0, largest.isFinite else { return (.nan, .infinity) }
            let relative = standard.map { $0 / largest }
            let scale =
                zip(relative, targets).reduce(0) { $0 + $1.0 * $1.1 } / relative.reduce(0) { $0 + $1 * $1 }
            return (scale / largest, squares(relative.map { scale * $0 }))
        }
        let range = Double.log(shapes.0)...Double.log(shapes.1)
        let best = valley(of: { solution($0).squares }, in: range, starts: 60)
        let found = solution(best)
        let shape = Double.exp(best)
        let moments = family.standardMoments(shape: shape)
        let (mean, deviation) = (found.scale * moments.mean, found.scale * moments.deviation)
        guard mean.isFinite, deviation.isFinite, deviation > 0 else { return nil }
        return QuantileFit(family, mean: mean, deviation: deviation, squares: found.squares)
    }

    /// Fits the beta family, which has no scale: Gauss–Newton steps, shortened until the fit improves, find its two shapes.
    private func beta() -> QuantileFit? {
        let raw = targets.map { $0 * unit }
        guard raw.allSatisfy({ (0...1).contains($0) }), let start = normal() else { return nil }
        let (center, spread) = (start.mean * unit, start.deviation * unit)
        guard center > 0, center < 1 else { return nil }
        let precision = max(center * (1 - center) / (spread * spread) - 1, 0.1)
        var x = [Double.log(center * precision), Double.log((1 - center) * precision)]
        func residuals(_ x: [Double]) -> [Double]? {
            let (a, b) = (Double.exp(x[0]), Double.exp(x[1]))
            let values = zip(points, raw).map { $0.quantile(of: .beta(a, b)) - $1 }
            return values.allSatisfy(\.isFinite) ? values : nil
        }
        func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
        guard var current = residuals(x) else { return nil }
        var damping = 1e-3
        for _ in 0..<200 {
            let step = 1e-5
            guard let right = residuals([x[0] + step, x[1]]), let left = residuals([x[0] - step, x[1]]),
                let up = residuals([x[0], x[1] + step]), let down = residuals([x[0], x[1] - step])
            else { break }
            let first = zip(right, left).map { ($0 - $1) / (2 * step) }
            let second = zip(up, down).map { ($0 - $1) / (2 * step) }
            let a = sum(first) * (1 + damping)
            let c = sum(second) * (1 + damping)
            let b = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
            let g0 = zip(first, current).reduce(0) { $0 + $1.0 * $1.1 }
            let g1 = zip(second, current).reduce(0) { $0 + $1.0 * $1.1 }
            let determinant = a * c - b * b
            guard determinant > 0 else { break }
            let move = [-(c * g0 - b * g1) / determinant, -(a * g1 - b * g0) / determinant]
            let trial = [x[0] + move[0], x[1] + move[1]]
            if let next = residuals(trial), sum(next) < sum(current) {
                (x, current) = (trial, next)
                damping = max(damping / 10, 1e-12)
                if max(abs(move[0]), abs(move[1])) < 1e-12 { break }
            } else {
                damping *= 10
                if damping > 1e12 { break }
            }
        }
        let (a, b) = (Double.exp(x[0]), Double.exp(x[1]))
        let mean = a / (a + b)
        let deviation = (mean * (1 - mean) / (a + b + 1)).squareRoot()
        guard deviation > 0 else { return nil }
        return QuantileFit(
            .beta, mean: mean / unit, deviation: deviation / unit, squares: sum(current) / (unit * unit))
    }

    private func squares(_ fitted: [Double]) -> Double {
        zip(fitted, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
}
