/// `WeightedGrams` of many responses, computed from a few moments for each class of similar variances.
///
/// In a class about c let v = c (1 + r). With q = c / (c + τ²) in (0, 1],
///
///     1 / (v + τ²)ᵐ = (c + τ²)⁻ᵐ (1 + q r)⁻ᵐ = (c + τ²)⁻ᵐ Σⱼ C(m + j − 1, j) (−q r)ʲ,
///
/// so the moments Σ rʲ z zᵀ of the class give its part of all three sums at every τ². Classes are narrow (|r| ≤ 1/257). The truncation
/// error of the series is below 1e-15 of its leading term at the edge of a class and 1e-16 on average. The cost is O(k p²) once, then O(p²)
/// times the number of classes for each τ².
struct GramSeries: Sendable {
    /// Middle c of each class that has responses.
    private var middles: [Double] = []
    /// For each class, the lower triangle of z zᵀ row by row, then 1, then zeros up to whole vectors; each vector with all its powers j.
    private var moments: [Double]
    private let pairs: Int
    private let stride: Int

    private static let powers = 7
    /// Number of binary digits of a variance that distinguish the classes in an octave.
    private static let classDigits = 7
    /// Least number of responses for each class at which the moments cost less than the passes they replace.
    private static let leastOccupancy = 64

    /// - Returns: `nil` if there are too few responses for the number of classes.
    init?(_ matrix: Matrix, responses: [Double], variances: [Double]) {
        guard let least = variances.min(), let greatest = variances.max(), least.isNormal, greatest.isFinite else {
            return nil
        }
        let first = Self.place(least)
        let classCount = Self.place(greatest) - first + 1
        guard classCount <= variances.count / Self.leastOccupancy else { return nil }
        let width = matrix.columns
        pairs = (width + 1) * (width + 2) / 2
        stride = (pairs + 4) / 4 * 4
        moments = []
        moments.reserveCapacity(classCount * Self.powers * stride)
        let (order, ends) = Self.ordered(variances, classCount)
        let vectors = stride / 4
        withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: (Self.powers + 1) * vectors) { memory in
            memory.initialize(repeating: .zero)
            let products = UnsafeMutableBufferPointer(rebasing: memory[..<vectors])
            let sums = UnsafeMutableBufferPointer(rebasing: memory[vectors...])
            matrix.elements.withUnsafeBufferPointer { elements in
                guard let elements = elements.baseAddress else { return }
                var start = 0
                // The moments of one class stay in the cache while its responses are added.
                for (place, end) in ends.enumerated() where end > start {
                    let middle = Self.middle(place + first)
                    sums.update(repeating: .zero)
                    for index in start..<end {
                        let row = Int(order[index])
                        Self.multiply(elements + row * width, width, responses[row], products)
                        let ratio = SIMD4(repeating: (variances[row] - middle) / middle)
                        for vector in 0..<vectors {
                            var term = products[vector]
                            for power in 0..<Self.powers {
                                sums[vector * Self.powers + power] += term
                                term *= ratio
                            }
                        }
                    }
                    middles.append(middle)
                    for sum in sums { for lane in 0..<4 { moments.append(sum[lane]) } }
                    start = end
                }
            }
        }
    }

    /// Returns the positions of the variances, class by class, and where each class ends among them.
    private static func ordered(_ variances: [Double], _ classCount: Int) -> (order: [Int32], ends: [Int]) {
        let places = variances.map { Int32(truncatingIfNeeded: place($0)) }
        let first = places.min() ?? 0
        var ends = Array(repeating: 0, count: classCount)
        for place in places { ends[Int(place - first)] += 1 }
        var total = 0
        for index in ends.indices {
            total += ends[index]
            ends[index] = total - ends[index]
        }
        var order = Array(repeating: Int32(0), count: places.count)
        for (index, place) in places.enumerated() {
            order[ends[Int(place - first)]] = Int32(truncatingIfNeeded: index)
            ends[Int(place - first)] += 1
        }
        return (order, ends)
    }

    /// Computes z zᵀ of one response, followed by 1.
    @inline(__always)
    private static func multiply(
        _ row: UnsafePointer<Double>, _ width: Int, _ response: Double,
        _ products: UnsafeMutableBufferPointer<SIMD4<Double>>
    ) {
        let products = UnsafeMutableRawBufferPointer(products).assumingMemoryBound(to: Double.self)
        var pair = 0
        for left in 0..<width {
            for right in 0...left {
                products[pair] = row[left] * row[right]
                pair += 1
            }
        }
        for right in 0..<width {
            products[pair] = response * row[right]
            pair += 1
        }
        products[pair] = response * response
        products[pair + 1] = 1
    }

    /// Returns the class of a variance: its exponent and the first digits of its fraction.
    private static func place(_ variance: Double) -> Int { Int(variance.bitPattern >> UInt64(52 - classDigits)) }

    private static func middle(_ place: Int) -> Double {
        Double(bitPattern: UInt64(place) << UInt64(52 - classDigits) | 1 << UInt64(51 - classDigits))
    }

    func sums(at tauSquared: Double) -> WeightedGrams.Sums {
        var sums = WeightedGrams.Sums(pairs: pairs)
        let vectors = stride / 4
        withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: 3 * vectors) { totals in
            totals.initialize(repeating: .zero)
            moments.withUnsafeBytes { moments in
                guard var source = moments.baseAddress else { return }
                for middle in middles {
                    let factors = Self.factors(1 / (middle + tauSquared), middle)
                    for vector in 0..<vectors {
                        for power in 0..<Self.powers {
                            let moment = source.loadUnaligned(as: SIMD4<Double>.self)
                            totals[vector] += moment * factors.first[power]
                            totals[vectors + vector] += moment * factors.second[power]
                            totals[2 * vectors + vector] += moment * factors.third[power]
                            source += MemoryLayout<SIMD4<Double>>.stride
                        }
                    }
                }
            }
            for pair in 0..<pairs {
                sums.first[pair] = totals[pair / 4][pair % 4]
                sums.second[pair] = totals[vectors + pair / 4][pair % 4]
                sums.third[pair] = totals[2 * vectors + pair / 4][pair % 4]
            }
            sums.weights = totals[pairs / 4][pairs % 4]
            sums.squaredWeights = totals[vectors + pairs / 4][pairs % 4]
        }
        return sums
    }

    /// Returns the factors of the moments, (c + τ²)⁻ᵐ C(m + j − 1, j) (−q)ʲ; the second factor is 1, j + 1 and (j + 1)(j + 2) / 2.
    @inline(__always)
    private static func factors(
        _ weight: Double, _ middle: Double
    ) -> (first: SIMD8<Double>, second: SIMD8<Double>, third: SIMD8<Double>) {
        var (first, second, third) = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
        var factor = weight
        for power in 0..<powers {
            let next = Double(power + 1)
            first[power] = factor
            second[power] = factor * weight * next
            third[power] = factor * weight * weight * next * (next + 1) * 0.5
            factor *= -middle * weight
        }
        return (first, second, third)
    }
}
