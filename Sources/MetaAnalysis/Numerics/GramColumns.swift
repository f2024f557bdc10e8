/// Columns of a design and the responses, laid out so that one pass over them gives all sums of a regression at weights 1 / (v + τ²).
///
/// k responses in p columns: the sums Σ wᵐ z zᵀ of z = (x, y) for m = 1, 2, 3 hold whatever an estimator of τ² asks of the fit, in p × p
/// matrices. Columns are padded to whole vectors with responses of weight 0. O(k p²), without memory of its own.
struct GramColumns: Sendable {
    private let variances: [Double]
    /// p + 1 columns one after the other, the response last.
    private let values: [Double]
    /// p.
    let width: Int
    private let length: Int

    /// - Parameter responses: near 0 where they can be, as sums of squares are taken of them.
    init(_ matrix: Matrix, responses: [Double], variances: [Double]) {
        let (count, width) = (matrix.rows, matrix.columns)
        let length = (count + 3) / 4 * 4
        self.width = width
        self.length = length
        self.variances = variances + Array(repeating: .infinity, count: length - count)
        values = Array(unsafeUninitializedCapacity: length * (width + 1)) { buffer, filled in
            matrix.elements.withUnsafeBufferPointer { elements in
                for column in 0..<width {
                    var place = column
                    for row in 0..<count {
                        buffer[column * length + row] = elements[place]
                        place += width
                    }
                }
            }
            for row in 0..<count { buffer[width * length + row] = responses[row] }
            for column in 0...width {
                for row in count..<length { buffer[column * length + row] = 0 }
            }
            filled = length * (width + 1)
        }
    }

    /// Σ wᵐ z zᵀ for m = 1, 2, 3, lower triangles row by row, the response as the last row; and Σ w, Σ w².
    struct Sums {
        var first: [Double]
        var second: [Double]
        /// Of zeros where it was not asked for.
        var third: [Double]
        var weights = 0.0
        var squaredWeights = 0.0
    }

    /// Rows of a block stay in the nearest memory while all pairs of columns pass over them.
    private static let blockLength = 256

    /// - Parameter isComplete: whether the third powers are asked for.
    func sums(at tauSquared: Double, isComplete: Bool) -> Sums {
        let pairs = (width + 1) * (width + 2) / 2
        var sums = Sums(
            first: Array(repeating: 0, count: pairs), second: Array(repeating: 0, count: pairs),
            third: Array(repeating: 0, count: pairs))
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * Self.blockLength) { powers in
            values.withUnsafeBufferPointer { values in
                variances.withUnsafeBufferPointer { variances in
                    guard let powers = powers.baseAddress, let values = values.baseAddress,
                        let variances = variances.baseAddress
                    else { return }
                    for start in stride(from: 0, to: length, by: Self.blockLength) {
                        let rows = min(Self.blockLength, length - start)
                        Self.weigh(variances + start, rows, tauSquared, powers, &sums)
                        var pair = 0
                        for left in 0...width {
                            for right in 0...left {
                                let found = Self.products(
                                    values + left * length + start, values + right * length + start, powers, rows,
                                    isComplete)
                                sums.first[pair] += found.0
                                sums.second[pair] += found.1
                                sums.third[pair] += found.2
                                pair += 1
                            }
                        }
                    }
                }
            }
        }
        return sums
    }

    /// Powers of the weights of a block, one block of memory after the other.
    private static func weigh(
        _ variances: UnsafePointer<Double>, _ rows: Int, _ tauSquared: Double, _ powers: UnsafeMutablePointer<Double>,
        _ sums: inout Sums
    ) {
        var total = SIMD4<Double>.zero
        var squares = SIMD4<Double>.zero
        let shift = SIMD4(repeating: tauSquared)
        for row in stride(from: 0, to: rows, by: 4) {
            let variance = UnsafeRawPointer(variances + row).loadUnaligned(as: SIMD4<Double>.self)
            let weight = SIMD4(repeating: 1) / (variance + shift)
            let square = weight * weight
            total += weight
            squares += square
            UnsafeMutableRawPointer(powers + row).storeBytes(of: weight, as: SIMD4<Double>.self)
            UnsafeMutableRawPointer(powers + blockLength + row).storeBytes(of: square, as: SIMD4<Double>.self)
            UnsafeMutableRawPointer(powers + 2 * blockLength + row)
                .storeBytes(of: square * weight, as: SIMD4<Double>.self)
        }
        sums.weights += total.sum()
        sums.squaredWeights += squares.sum()
    }

    private static func products(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ powers: UnsafePointer<Double>, _ rows: Int,
        _ isComplete: Bool
    ) -> (Double, Double, Double) {
        @inline(__always) func load(_ pointer: UnsafePointer<Double>) -> SIMD4<Double> {
            UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
        }
        var (first, second, third) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        if isComplete {
            for row in stride(from: 0, to: rows, by: 4) {
                let product = load(left + row) * load(right + row)
                first += product * load(powers + row)
                second += product * load(powers + blockLength + row)
                third += product * load(powers + 2 * blockLength + row)
            }
        } else {
            for row in stride(from: 0, to: rows, by: 4) {
                let product = load(left + row) * load(right + row)
                first += product * load(powers + row)
                second += product * load(powers + blockLength + row)
            }
        }
        return (first.sum(), second.sum(), third.sum())
    }
}

extension GramColumns {
    /// The sums as matrices of columns, vectors of columns with the response, and the response's own.
    struct Moments {
        var gram: Matrix
        var cross: [Double]
        var square: Double

        init(_ sums: [Double], width: Int) {
            gram = Matrix(rows: width, columns: width)
            cross = Array(sums[(width * (width + 1) / 2)..<(width * (width + 3) / 2)])
            square = sums[width * (width + 3) / 2]
            var pair = 0
            for left in 0..<width {
                for right in 0...left {
                    gram[left, right] = sums[pair]
                    gram[right, left] = sums[pair]
                    pair += 1
                }
            }
        }

        /// Σ w (y − xᵀγ)².
        func residualSquares(_ coefficients: [Double]) -> Double {
            let crossed = zip(cross, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
            return square - 2 * crossed + gram.form(coefficients)
        }
    }

    /// What estimators of τ² need to know of the fit.
    ///
    /// - Returns: `nil` where too little is left of sums that cancel, or nothing can be solved: residuals are to be formed one by one.
    func profile(at tauSquared: Double) -> VarianceComponentModel.Profile? {
        let sums = sums(at: tauSquared, isComplete: true)
        guard let (inverse, coefficients, form) = solved(sums) else { return nil }
        let second = Moments(sums.second, width: width)
        let third = Moments(sums.third, width: width)
        let squared = second.residualSquares(coefficients)
        let moved = second.gram * coefficients
        let rest = zip(second.cross, moved).map { $0 - $1 }
        let cubed = third.residualSquares(coefficients) - inverse.form(rest)
        let once = inverse * second.gram
        guard squared > Self.leastShare * second.square, cubed > Self.leastShare * third.square else {
            return nil
        }
        return VarianceComponentModel.Profile(
            quadraticForm: form, squaredQuadraticForm: squared, cubedQuadraticForm: cubed,
            traceP: sums.weights - inverse.traceOfProduct(with: second.gram),
            tracePP: sums.squaredWeights - 2 * inverse.traceOfProduct(with: third.gram)
                + once.traceOfProduct(with: once),
            sumOfWeights: sums.weights, sumOfSquaredWeights: sums.squaredWeights)
    }

    /// yᵀPy and yᵀPPy alone; `nil` as for `profile`.
    func quadraticForms(at tauSquared: Double) -> QuadraticForms<Double>? {
        let sums = sums(at: tauSquared, isComplete: false)
        guard let (_, coefficients, form) = solved(sums) else { return nil }
        let second = Moments(sums.second, width: width)
        let squared = second.residualSquares(coefficients)
        guard squared > Self.leastShare * second.square else { return nil }
        return QuadraticForms(form: form, squared: squared)
    }

    /// Sums of squares that leave less than this of themselves have lost digits that matter.
    private static let leastShare = 0.03

    private func solved(_ sums: Sums) -> (inverse: Matrix, coefficients: [Double], form: Double)? {
        let first = Moments(sums.first, width: width)
        guard let factor = try? CholeskyFactor(first.gram) else { return nil }
        let inverse = factor.inverse
        let coefficients = inverse * first.cross
        let form = first.square - zip(first.cross, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        guard form > Self.leastShare * first.square else { return nil }
        return (inverse, coefficients, form)
    }
}
