internal import RealModule

/// The rank of one of n jointly normal variables, as a function of independent standard normal variables z to integrate over.
///
/// The rank of variable i is 1 plus the number of positive Yⱼ = Xᵢ − Xⱼ. Given z, Yⱼ = aⱼ + Σ cⱼₖ zₖ + noise, with independent noise. The
/// number is therefore a sum of independent trials with probabilities Φ, which has a Poisson-binomial distribution; it is computed exactly
/// in O(n²). z₁ is the direction in which the expected rank changes most. The others are the pivots of a Cholesky factorization of what
/// remains, in decreasing order of size.
///
/// Source: Hong (2013) for the Poisson-binomial distribution, doi:10.1016/j.csda.2012.10.006.
struct NormalRankRow: Sendable {
    /// Number of variables minus 1.
    let trials: Int
    /// Number of variables z.
    let dimension: Int
    /// For each trial, aⱼ, the number of its cⱼₖ, and the cⱼₖ, all in units of the standard deviation of its noise.
    private let centers: [Double]
    private let lengths: [Int]
    private let coefficients: [Double]

    /// - Parameters:
    ///   - noise: variances of independent noise in the variables, which leave a positive semidefinite rest.
    init(of variable: Int, means: [Double], covariance: Matrix, noise: [Double]) {
        let others = means.indices.filter { $0 != variable }
        trials = others.count
        var rest = Matrix(rows: trials, columns: trials)
        for (row, first) in others.enumerated() {
            for (column, second) in others.enumerated() {
                rest[row, column] =
                    covariance[variable, variable] - covariance[variable, second] - covariance[first, variable]
                    + covariance[first, second]
            }
        }
        let differences = others.map { means[variable] - means[$0] }
        var variances = others.map { noise[$0] }
        let direction = Self.gradient(differences, others.indices.map { rest[$0, $0] })
        for row in others.indices { rest[row, row] -= variances[row] }

        var columns: [[Double]] = []
        let image = rest * direction
        let length = zip(image, direction).reduce(0) { $0 + $1.0 * $1.1 }
        if length > 0 { Self.deflate(&rest, by: image.map { $0 / length.squareRoot() }, &columns) }
        var order: [Int] = []
        var remaining = Array(others.indices)
        while columns.count < trials {
            let sizes = remaining.map { rest[$0, $0] / variances[$0] }
            let largest = sizes.max() ?? 0
            guard largest > 1e-8, let position = sizes.firstIndex(where: { $0 >= largest * (1 - 1e-9) }) else { break }
            let pivot = remaining.remove(at: position)
            let root = rest[pivot, pivot].squareRoot()
            Self.deflate(&rest, by: (0..<trials).map { rest[$0, pivot] / root }, &columns)
            for row in 0..<trials {
                rest[row, pivot] = 0
                rest[pivot, row] = 0
            }
            order.append(pivot)
        }
        // What is too small for a direction of its own is treated as noise.
        for row in remaining { variances[row] += max(0, rest[row, row]) }

        let direct = columns.count - order.count
        dimension = columns.count
        var centers: [Double] = []
        var lengths: [Int] = []
        var coefficients: [Double] = []
        for (position, trial) in (order + remaining).enumerated() {
            let deviation = variances[trial].squareRoot()
            let length = min(direct + position + 1, columns.count)
            centers.append(differences[trial] / deviation)
            lengths.append(length)
            for column in columns.prefix(length) { coefficients.append(column[trial] / deviation) }
        }
        self.centers = centers
        self.lengths = lengths
        self.coefficients = coefficients
    }

    /// Returns the derivatives of the expected rank, which is 1 + Σ Φ(dⱼ/σⱼ), in units of the largest.
    private static func gradient(_ differences: [Double], _ variances: [Double]) -> [Double] {
        let logarithms = zip(differences, variances).map { -(min($0 * $0 / $1, 1e15) + .log($1)) / 2 }
        let largest = logarithms.max() ?? 0
        return logarithms.map { .exp($0 - largest) }
    }

    private static func deflate(_ matrix: inout Matrix, by column: [Double], _ columns: inout [[Double]]) {
        for row in 0..<matrix.rows where column[row] != 0 {
            for other in 0..<matrix.columns { matrix[row, other] -= column[row] * column[other] }
        }
        columns.append(column)
    }

    /// Working memory of `add` for rows with the same number of trials.
    struct Workspace {
        fileprivate let probabilities: UnsafeMutablePointer<SIMD4<Double>>
        fileprivate let counts: UnsafeMutablePointer<SIMD4<Double>>

        init(trials: Int) {
            probabilities = .allocate(capacity: trials + 1)
            probabilities.initialize(repeating: .zero, count: trials + 1)
            counts = .allocate(capacity: trials + 3)
            counts.initialize(repeating: .zero, count: trials + 3)
        }

        func deallocate() {
            probabilities.deallocate()
            counts.deallocate()
        }
    }

    /// Adds the probabilities of the ranks given z, at four points for each group, to `sums`.
    ///
    /// - Parameter z: one group after the other, each of `stride` variables.
    func add(
        at z: UnsafePointer<SIMD4<Double>>, stride: Int, groups: Int, to sums: UnsafeMutablePointer<SIMD4<Double>>,
        _ workspace: Workspace
    ) {
        NormalTable.shared.withUnsafeBufferPointer { table in
            centers.withUnsafeBufferPointer { centers in
                lengths.withUnsafeBufferPointer { lengths in
                    coefficients.withUnsafeBufferPointer { coefficients in
                        for group in 0..<groups {
                            let z = z + group &* stride
                            var uncertain = 0
                            var positive = 0
                            var next = coefficients.baseAddress!
                            for trial in 0..<trials {
                                var value = SIMD4<Double>(repeating: centers[trial])
                                for index in 0..<lengths[trial] { value += next[index] * z[index] }
                                next += lengths[trial]
                                // Trials that are certain at all four points only shift the rank.
                                if all(value .>= NormalTable.limit) {
                                    positive &+= 1
                                } else if any(value .> -NormalTable.limit) {
                                    workspace.probabilities[uncertain] = NormalTable.lowerTail(value, table)
                                    uncertain &+= 1
                                }
                            }
                            Self.addCounts(uncertain, to: sums + positive, workspace)
                        }
                    }
                }
            }
        }
    }

    /// Adds the Poisson-binomial probabilities of `uncertain` trials.
    @inline(__always)
    private static func addCounts(
        _ uncertain: Int, to sums: UnsafeMutablePointer<SIMD4<Double>>, _ workspace: Workspace
    ) {
        let counts = workspace.counts
        let probabilities = workspace.probabilities
        probabilities[uncertain] = .zero
        counts[0] = SIMD4(repeating: 1)
        var length = 1
        // Two trials are added at a time: none, one or both of them are positive.
        for trial in stride(from: 0, to: uncertain, by: 2) {
            let first = probabilities[trial]
            let second = probabilities[trial &+ 1]
            let both = first * second
            let one = first + second - both - both
            let none = 1 - first - second + both
            var before = SIMD4<Double>.zero
            var beforeThat = SIMD4<Double>.zero
            counts[length] = .zero
            counts[length &+ 1] = .zero
            length &+= 2
            for index in 0..<length {
                let count = counts[index]
                counts[index] = none * count + one * before + both * beforeThat
                beforeThat = before
                before = count
            }
        }
        for index in 0...uncertain { sums[index] += counts[index] }
    }
}

/// Φ from a table and the first terms of a Taylor series, with an error of 1e-10: many times faster than at full precision.
private enum NormalTable {
    static let limit = 8.25
    private static let steps = 64.0

    /// Φ and its density at multiples of 1/64 from −8.5 to 8.5.
    static let shared: [SIMD2<Double>] = (0...1088).map { index in
        let x = Double(index - 544) / steps
        return SIMD2(ReferenceDistribution.normal.lowerTail(x), .exp(-x * x / 2) / .sqrt(2 * .pi))
    }

    @inline(__always)
    static func lowerTail(_ x: SIMD4<Double>, _ table: UnsafeBufferPointer<SIMD2<Double>>) -> SIMD4<Double> {
        let inside = x.replacing(with: -limit, where: x .< -limit).replacing(with: limit, where: x .> limit)
        let scaled = inside * steps
        // Adding and subtracting 3 · 2⁵¹ rounds to the nearest integer, which is then in the low bits.
        let shifted = scaled + 0x1.8p52
        let nearest = shifted - 0x1.8p52
        let entries = (
            table[Int(truncatingIfNeeded: Int16(truncatingIfNeeded: shifted[0].bitPattern)) &+ 544],
            table[Int(truncatingIfNeeded: Int16(truncatingIfNeeded: shifted[1].bitPattern)) &+ 544],
            table[Int(truncatingIfNeeded: Int16(truncatingIfNeeded: shifted[2].bitPattern)) &+ 544],
            table[Int(truncatingIfNeeded: Int16(truncatingIfNeeded: shifted[3].bitPattern)) &+ 544]
        )
        let tail = SIMD4(entries.0.x, entries.1.x, entries.2.x, entries.3.x)
        let density = SIMD4(entries.0.y, entries.1.y, entries.2.y, entries.3.y)
        let node = nearest * (1 / steps)
        let offset = inside - node
        let cubic: SIMD4<Double> = (node * node - 1) * offset * (1 / 6.0)
        let series: SIMD4<Double> = 1 - offset * (node * 0.5 - cubic)
        return tail + density * offset * series
    }
}
