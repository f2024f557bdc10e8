/// The distribution of the sum of n independent numbers that are uniform on [0, 1].
///
/// It is exact up to 150 terms, by the recursion n Fₙ(x) = x Fₙ₋₁(x) + (n − x) Fₙ₋₁(x − 1), whose terms are all positive, in O(n²). For
/// more terms it is normal with a correction for kurtosis, with an error of about 1e-7.
struct IrwinHallDistribution: Sendable {
    /// n, at least 1.
    let count: Int

    init(count: Int) {
        precondition(count > 0, "a sum has a term")
        self.count = count
    }

    var standardDeviation: Double { (Double(count) / 12).squareRoot() }

    /// P(X ≤ x).
    func lowerTail(_ x: Double) -> Double {
        let n = Double(count)
        if x <= 0 { return 0 }
        if x >= n { return 1 }
        if 2 * x > n { return 1 - lowerTail(n - x) }
        // The values are Fₘ(x − i) for all i that matter, from m = 1 on.
        let length = min(count, Int(x) + 1)
        var values = (0..<length).map { min(1, x - Double($0)) }
        for terms in stride(from: 2, through: count, by: 1) {
            let m = Double(terms)
            for shift in 0..<length {
                let position = x - Double(shift)
                let below = shift + 1 < length ? values[shift + 1] : 0
                values[shift] = position >= m ? 1 : (position * values[shift] + (m - position) * below) / m
            }
        }
        return values[0]
    }

    /// Returns the x with P(X ≤ x) = `probability`, in (0, 1).
    func quantile(_ probability: Double) -> Double {
        let n = Double(count)
        if probability > 0.5 { return n - quantile(1 - probability) }
        if count == 1 { return probability }
        guard count > Self.greatestExactCount else {
            return root(of: { lowerTail($0) - probability }, in: 0...n / 2).value
        }
        let z = ReferenceDistribution.normal.quantile(probability)
        let excess = -1.2 / n
        return max(0, n / 2 + standardDeviation * (z + excess / 24 * (z * z * z - 3 * z)))
    }

    private static let greatestExactCount = 150
}
