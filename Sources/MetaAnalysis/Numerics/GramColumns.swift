/// `WeightedGrams` by a pass over all responses for each τ²: O(k p²), with no additional memory.
///
/// Columns are stored one after the other, padded to whole vectors with responses of weight 0.
struct GramColumns: Sendable {
    private let variances: [Double]
    /// p + 1 columns one after the other; the response is the last.
    private let values: [Double]
    /// p.
    let width: Int
    private let length: Int

    /// - Parameter responses: responses, preferably close to 0, because their sums of squares are computed.
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

    /// Number of rows in a block, chosen so that a block stays in the cache while all pairs of columns are multiplied.
    private static let blockLength = 256

    /// - Parameter isComplete: whether the sums with third powers are needed.
    func sums(at tauSquared: Double, isComplete: Bool) -> WeightedGrams.Sums {
        let pairs = (width + 1) * (width + 2) / 2
        var sums = WeightedGrams.Sums(pairs: pairs)
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

    /// Computes the powers of the weights of a block, stored one power after the other.
    private static func weigh(
        _ variances: UnsafePointer<Double>, _ rows: Int, _ tauSquared: Double, _ powers: UnsafeMutablePointer<Double>,
        _ sums: inout WeightedGrams.Sums
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
