internal import RealModule

/// The distribution of the ranks of jointly normal variables.
///
/// For each variable, the rank probabilities are an integral of a smooth function over at most n − 1 normal variables (see
/// `NormalRankRow`), computed by the eight shifted copies of an `IntegrationLattice`. The number of points is doubled until three standard
/// errors, from the spread of the eight integrals, are below the tolerance, for each variable separately. It ends at the limit of 2²⁰
/// points or of the work of a few seconds. Each of the eight sets of probabilities is scaled so that rows and columns sum to 1, and the
/// result is their mean. No number is random. The order of the variables does not matter, because they are first put into a canonical
/// order.
///
/// The work grows with n³ times the number of points. All variables are given independent noise of 3 · 10⁻⁷ of the smallest standard
/// deviation of a difference from another, which breaks ties evenly. If differences are sums of others, the noise is increased as far as
/// needed. Half that share is part of the error bound.
struct NormalRanks: Sendable {
    /// n × n: the probability that a variable (row) has a rank (column), the lowest value first.
    let probabilities: Matrix
    /// Bound of the error: three standard errors of the worst probability, from the spread over the shifts, plus the effect of the noise.
    let errorBound: Double

    /// Greatest number of variables.
    static let maximumCount = IntegrationLattice.maximumDimension + 1

    /// - Parameters:
    ///   - means: n means, at most `maximumCount`.
    ///   - covariance: n × n, positive semidefinite apart from rounding; only differences matter.
    ///   - tolerance: target for `errorBound`.
    init(means: [Double], covariance: Matrix, tolerance: Double = 1e-4) {
        let n = means.count
        precondition(covariance.rows == n && covariance.columns == n && n <= Self.maximumCount, "shapes do not fit")
        let order = Self.canonicalOrder(means, covariance)
        var sorted = Matrix(rows: n, columns: n)
        for (row, first) in order.enumerated() {
            for (column, second) in order.enumerated() { sorted[row, column] = covariance[first, second] }
        }
        let result = Self.ranks(order.map { means[$0] }, sorted, tolerance)
        var probabilities = Matrix(rows: n, columns: n)
        for (row, variable) in order.enumerated() {
            for rank in 0..<n { probabilities[variable, rank] = result.probabilities[row, rank] }
        }
        self.probabilities = probabilities
        errorBound = result.errorBound
    }

    /// Returns the order by mean, then by the variance of the differences from all others.
    private static func canonicalOrder(_ means: [Double], _ covariance: Matrix) -> [Int] {
        let n = means.count
        let trace = (0..<n).reduce(0) { $0 + covariance[$1, $1] }
        let spreads = (0..<n).map { row in
            let sum = (0..<n).reduce(0) { $0 + covariance[row, $1] }
            return Double(n) * covariance[row, row] + trace - 2 * sum
        }
        return means.indices.sorted { (means[$0], spreads[$0]) < (means[$1], spreads[$1]) }
    }

    private static func ranks(
        _ means: [Double], _ covariance: Matrix, _ tolerance: Double
    ) -> (probabilities: Matrix, errorBound: Double) {
        let n = means.count
        if n < 2 { return (Matrix(rows: n, columns: n, elements: Array(repeating: 1, count: n)), 0) }
        var covariance = covariance
        var largest = 0.0
        for row in 0..<n {
            for column in 0..<row {
                largest = max(largest, covariance[row, row] + covariance[column, column] - 2 * covariance[row, column])
            }
        }
        guard largest > 0 else { return (certain(means), 0) }
        if n == 2 {
            let first = ReferenceDistribution.normal.lowerTail((means[1] - means[0]) / largest.squareRoot())
            return (Matrix(rows: 2, columns: 2, elements: [first, 1 - first, 1 - first, first]), 0)
        }
        let scale = largest.squareRoot()
        let means = means.map { $0 / scale }
        for index in covariance.elements.indices { covariance.elements[index] /= largest }
        // Slightly more noise than there is keeps the covariance of the differences positive definite.
        let scales = (0..<n).map { closestVariance(covariance, to: $0) }
        var share = 1e-13
        var noise: [Double]?
        while noise == nil {
            for index in 0..<n { covariance[index, index] += share * scales[index] }
            noise = try? NormalNoise(covariance).variances
            if noise == nil { share *= 100 }
            if share > 1 { noise = scales }
        }
        let rows = (0..<n).map { NormalRankRow(of: $0, means: means, covariance: covariance, noise: noise ?? scales) }
        var integral = RankIntegral(rows)
        let disturbance = share.squareRoot() / 2
        let result = integral.ranks(tolerance: max(tolerance / 2, tolerance - disturbance))
        return (result.probabilities, result.errorBound + disturbance)
    }

    /// Returns the least variance of a difference that is greater than rounding.
    private static func closestVariance(_ covariance: Matrix, to variable: Int) -> Double {
        var least = 1.0
        for other in 0..<covariance.rows where other != variable {
            let sum = covariance[variable, variable] + covariance[other, other]
            let variance = sum - 2 * covariance[variable, other]
            if variance > 1e-13 * abs(sum) { least = min(least, variance) }
        }
        return least
    }

    /// Returns the ranks of variables without variance; equal variables share their ranks.
    private static func certain(_ means: [Double]) -> Matrix {
        let n = means.count
        var probabilities = Matrix(rows: n, columns: n)
        for row in 0..<n {
            let lower = means.count { $0 < means[row] }
            let equal = means.count { $0 == means[row] }
            for rank in lower..<(lower + equal) { probabilities[row, rank] = 1 / Double(equal) }
        }
        return probabilities
    }
}

/// The integrals of all rows over points of the same lattice.
private struct RankIntegral {
    private let rows: [NormalRankRow]
    private let lattice: IntegrationLattice
    /// Sums for each row, shift and rank, in lanes of points.
    private var sums: [SIMD4<Double>]
    /// Level L of the lattice over which a row was integrated; `nil` before the first.
    private var levels: [Int?]
    private var work = 0.0

    /// Limit of the work, in units of n² for each point and row: a few seconds.
    private static let workLimit = 1.5e10
    /// Number of groups of four points that are processed together; the smallest lattice fills them twice.
    private static let groups = 8
    private static let shifts = IntegrationLattice.shiftCount

    init(_ rows: [NormalRankRow]) {
        self.rows = rows
        lattice = IntegrationLattice(dimension: rows.map(\.dimension).max() ?? 0)
        sums = Array(repeating: .zero, count: rows.count * Self.shifts * rows.count)
        levels = Array(repeating: nil, count: rows.count)
    }

    /// Adds points until the bound is met or no more points can be added.
    mutating func ranks(tolerance: Double) -> (probabilities: Matrix, errorBound: Double) {
        let n = rows.count
        // With few variables, many points are affordable from the start.
        var first = IntegrationLattice.levels.lowerBound
        while first < 12, Double(n * n * n * Self.shifts) * Double(2 << first) < 1e7 { first += 1 }
        var bounds = Array(repeating: Double.infinity, count: n)
        var rowTolerance = tolerance
        while true {
            let needy = rows.indices.filter {
                bounds[$0] > rowTolerance && (levels[$0] ?? 0) < IntegrationLattice.levels.upperBound
            }
            guard let level = needy.map({ levels[$0] ?? (first - 1) }).min() else {
                let result = scaled
                // Scaling spreads errors from one row to the others.
                if result.errorBound <= tolerance || rowTolerance < tolerance / 4 { return result }
                rowTolerance *= 0.8
                continue
            }
            let next = needy.filter { (levels[$0] ?? (first - 1)) == level }
            let isFirst = level == first - 1
            work += Double(next.count * Self.shifts << (isFirst ? first : level)) * Double(n * n)
            if !isFirst && work > Self.workLimit { return scaled }
            integrate(next, level: level + 1, addedOnly: !isFirst)
            for row in next { bounds[row] = bound(of: row) }
        }
    }

    private mutating func integrate(_ active: [Int], level: Int, addedOnly: Bool) {
        let n = rows.count
        let width = max(1, lattice.dimension)
        let points = Array(IntegrationLattice.points(of: level, addedOnly: addedOnly))
        let workspace = NormalRankRow.Workspace(trials: n - 1)
        let variables = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: Self.groups * width)
        variables.initialize(repeating: .zero, count: Self.groups * width)
        defer {
            workspace.deallocate()
            variables.deallocate()
        }
        sums.withUnsafeMutableBufferPointer { sums in
            for shift in 0..<Self.shifts {
                for block in stride(from: 0, to: points.count, by: 4 * Self.groups) {
                    for group in 0..<Self.groups {
                        let start = block + 4 * group
                        lattice.normals(
                            shift: shift,
                            points: SIMD4(points[start], points[start + 1], points[start + 2], points[start + 3]),
                            into: variables + group * width)
                    }
                    for row in active {
                        rows[row].add(
                            at: variables, stride: width, groups: Self.groups,
                            to: sums.baseAddress! + (row * Self.shifts + shift) * n, workspace)
                    }
                }
            }
        }
        for row in active { levels[row] = level }
    }

    private func integral(_ row: Int, _ rank: Int, shift: Int) -> Double {
        sums[(row * Self.shifts + shift) * rows.count + rank].sum() / Double(1 << (levels[row] ?? 0))
    }

    /// Returns three standard errors of the worst probability of a row.
    private func bound(of row: Int) -> Double {
        (0..<rows.count).map { rank in Spread((0..<Self.shifts).map { integral(row, rank, shift: $0) }).bound }.max()
            ?? 0
    }

    /// Mean of the probabilities of all shifts, after each was scaled so that rows and columns sum to 1.
    private var scaled: (probabilities: Matrix, errorBound: Double) {
        let n = rows.count
        let scaled = (0..<Self.shifts).map { shift in
            var probabilities = Matrix(rows: n, columns: n)
            for row in 0..<n {
                for rank in 0..<n { probabilities[row, rank] = integral(row, rank, shift: shift) }
            }
            return probabilities.doublyStochastic
        }
        var probabilities = Matrix(rows: n, columns: n)
        // The table of Φ has an error of 1e-10 for each of n variables.
        var errorBound = 1e-10 * Double(n)
        for index in probabilities.elements.indices {
            let spread = Spread(scaled.map { $0.elements[index] })
            probabilities.elements[index] = spread.mean
            errorBound = max(errorBound, spread.bound)
        }
        return (probabilities, errorBound)
    }
}

/// The mean and spread of several independent values of one number.
private struct Spread {
    let mean: Double
    /// Three standard errors of the mean.
    let bound: Double

    init(_ values: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        bound = 3 * (squares / (count * (count - 1))).squareRoot()
    }
}

extension Matrix {
    /// The matrix diag(exp u) P diag(exp v) whose rows and columns sum to 1, for a nearly doubly stochastic P without negative elements, by
    /// Newton's method.
    ///
    /// Source: Sinkhorn & Knopp (1967) for the scaling, doi:10.2140/pjm.1967.21.343.
    fileprivate var doublyStochastic: Matrix {
        let n = rows
        var scaled = self
        for _ in 0..<30 {
            var rowSums = Array(repeating: 0.0, count: n)
            var columnSums = Array(repeating: 0.0, count: n)
            for row in 0..<n {
                for column in 0..<n {
                    rowSums[row] += scaled[row, column]
                    columnSums[column] += scaled[row, column]
                }
            }
            let worst = (rowSums + columnSums).reduce(0) { max($0, abs($1 - 1)) }
            if worst < 1e-14 { break }
            // Rows are eliminated. The remaining system is singular along constant v, which has no effect.
            var system = Matrix(rows: n, columns: n)
            var right = columnSums.map { 1 - $0 }
            for row in 0..<n {
                for first in 0..<n where scaled[row, first] != 0 {
                    let share = scaled[row, first] / rowSums[row]
                    right[first] -= share * (1 - rowSums[row])
                    for second in 0..<n { system[first, second] -= share * scaled[row, second] }
                }
            }
            for column in 0..<n { system[column, column] += columnSums[column] + 1e-11 }
            guard let inverse = try? CholeskyFactor(system).inverse else { break }
            let columnFactors = inverse * right
            for row in 0..<n {
                var sum = 0.0
                for column in 0..<n { sum += scaled[row, column] * columnFactors[column] }
                let rowFactor = (1 - rowSums[row] - sum) / rowSums[row]
                for column in 0..<n { scaled[row, column] *= .exp(rowFactor + columnFactors[column]) }
            }
        }
        return scaled
    }
}
