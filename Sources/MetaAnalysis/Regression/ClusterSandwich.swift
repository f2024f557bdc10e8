/// Contributions of the clusters to the sandwich M (Σ Xᵢ'WᵢAᵢ eᵢeᵢ' AᵢWᵢXᵢ) M of a weighted regression, and their expectation
/// under the working model.
///
/// Weights are the inverse of the working variances Φ = diag(v + τ²), so that (I − H)Φ(I − H)' = Φ − XMX' with M = (X'WX)⁻¹. k
/// studies in m clusters, p columns. No k × k matrix is needed: with gᵢ = AᵢWXᵢa of a contrast a, all degrees of freedom follow
/// from gᵢ'Φᵢgᵢ and Xᵢ'gᵢ of the clusters. O(k p²) and, for CR2, O(n³) for a cluster of n studies.
struct ClusterSandwich {
    /// (X'WX)⁻¹.
    private let bread: Matrix
    private let clusters: [Cluster]
    let count: Int

    /// Sums of one cluster, of p or p × p elements, with G = AWX.
    fileprivate struct Cluster {
        /// G'e.
        var score: [Double]
        /// X'G.
        var cross: Matrix
        /// G'ΦG.
        var expected: Matrix
    }

    /// Computes the sums of every cluster.
    ///
    /// - Parameter clusters: positions of the studies of each cluster.
    init(
        _ least: WeightedLeastSquares, residuals: [Double], design: Matrix, clusters: [[Int]],
        correction: ClusterCorrection
    ) {
        bread = least.inverseGram
        count = clusters.count
        let bread = bread
        self.clusters = clusters.map { members in
            let weights = members.map { least.weights[$0] }
            let rows = Matrix(rows: members.map(design.row))
            let adjusted =
                correction == .biasReduced
                ? Self.biasReduced(rows, weights, bread)
                : Matrix(
                    rows: rows.rows, columns: rows.columns,
                    elements: rows.elements.indices.map { rows.elements[$0] * weights[$0 / rows.columns] })
            let width = rows.columns
            var cluster = Cluster(
                score: Array(repeating: 0, count: width), cross: Matrix(rows: width, columns: width),
                expected: Matrix(rows: width, columns: width))
            for (row, member) in members.enumerated() {
                for left in 0..<width {
                    let own = adjusted[row, left]
                    cluster.score[left] += own * residuals[member]
                    for right in 0..<width {
                        cluster.cross[left, right] += rows[row, left] * adjusted[row, right]
                        cluster.expected[left, right] += own * adjusted[row, right] / weights[row]
                    }
                }
            }
            return cluster
        }
    }

    /// Computes AWX of one cluster with A = Φ^½ B^(−½) Φ^½ and B = Φ^½ (Φ − XMX') Φ^½, without eigenvalues of 0. The sandwich
    /// is then unbiased under the working model.
    private static func biasReduced(_ rows: Matrix, _ weights: [Double], _ bread: Matrix) -> Matrix {
        let (size, width) = (rows.rows, rows.columns)
        let roots = weights.map { (1 / $0).squareRoot() }
        let explained = rows * bread
        var inner = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0...row {
                var sum = 0.0
                for index in 0..<width { sum += explained[row, index] * rows[column, index] }
                let rest = (row == column ? 1 / weights[row] : 0) - sum
                inner[row, column] = roots[row] * rest * roots[column]
                inner[column, row] = inner[row, column]
            }
        }
        // B^(−½) is applied to Φ^(−½) X.
        var scaled = rows
        for row in 0..<size { for column in 0..<width { scaled[row, column] /= roots[row] } }
        guard let eigen = SymmetricEigen(inner) else {
            return Matrix(rows: size, columns: width, elements: Array(repeating: .nan, count: size * width))
        }
        let greatest = max(eigen.values.last ?? 0, (weights.map { 1 / ($0 * $0) }.max() ?? 0))
        var result = Matrix(rows: size, columns: width)
        for (index, value) in eigen.values.enumerated() where value > negligible * greatest {
            let direction = eigen.vectors.column(index)
            for column in 0..<width {
                var share = 0.0
                for row in 0..<size { share += direction[row] * scaled[row, column] }
                share /= value.squareRoot()
                for row in 0..<size { result[row, column] += roots[row] * direction[row] * share }
            }
        }
        return result
    }

    /// Eigenvalues below this, relative to the greatest, are 0 up to rounding.
    private static let negligible = 1e-10

    /// M (Σ ψψ') M with the scores ψ of the clusters.
    var covariance: Matrix {
        var meat = Matrix(rows: bread.rows, columns: bread.rows)
        for cluster in clusters {
            for left in 0..<bread.rows {
                for right in 0..<bread.rows { meat[left, right] += cluster.score[left] * cluster.score[right] }
            }
        }
        return bread.sandwich(meat)
    }

    /// Computes Satterthwaite's degrees of freedom for the variance of c'γ: 2 E² / Var under the working model.
    ///
    /// - Returns: `nil` when the working model expects no variation.
    func degreesOfFreedom(of contrast: [Double]) -> Double? {
        let (mean, square) = moments([contrast])
        return mean > 0 && square > 0 ? mean * mean / (0.5 * square) : nil
    }

    /// Computes the degrees of freedom η of an approximating Wishart distribution (HTZ): q (q + 1) / Σ Var(d_st). The contrasts
    /// are scaled so that their sandwich has the identity as its expectation, and its total variance is matched.
    func wishartDegreesOfFreedom(of indices: [Int]) -> Double? {
        let width = Double(indices.count)
        let block = expectation(of: indices)
        // Contrasts whose sandwich has the identity as its expectation under the working model.
        guard let eigen = SymmetricEigen(block), let least = eigen.values.first, least > 0 else { return nil }
        let contrasts = eigen.values.enumerated().map { number, value in
            var contrast = Array(repeating: 0.0, count: bread.rows)
            for (place, index) in indices.enumerated() {
                contrast[index] = eigen.vectors[place, number] / value.squareRoot()
            }
            return contrast
        }
        let total = moments(contrasts).square
        return total > 0 ? width * (width + 1) / total : nil
    }

    /// Computes the expectation of the sandwich of some coefficients under the working model: (X'WX)⁻¹ apart from eigenvalues
    /// of 0 left out.
    private func expectation(of indices: [Int]) -> Matrix {
        let directions = indices.map { index in (0..<bread.rows).map { bread[$0, index] } }
        var block = Matrix(rows: indices.count, columns: indices.count)
        for cluster in clusters {
            let images = directions.map { cluster.cross * $0 }
            for left in indices.indices {
                for right in indices.indices {
                    let (own, taken) = cluster.parts(
                        directions[left], directions[right], images[left], images[right], bread)
                    block[left, right] += own - taken
                }
            }
        }
        return block
    }

    /// Computes Σₛ E(dₛₛ) and Σₛₜ Var(dₛₜ) of the sandwich D of several contrasts.
    ///
    /// With pₛᵢ the k-vector that maps errors to cluster i's score for contrast s, pₛᵢ'Φpₜⱼ = δᵢⱼ aₛ'Eᵢaₜ − yₛᵢ'M yₜⱼ, where
    /// a = Mc, E = G'ΦG and y = X'Ga; sums over pairs of clusters are traces of p × p matrices.
    private func moments(_ contrasts: [[Double]]) -> (mean: Double, square: Double) {
        let directions = contrasts.map { bread * $0 }
        let images = clusters.map { cluster in directions.map { cluster.cross * $0 } }
        var mean = 0.0
        var square = 0.0
        for left in contrasts.indices {
            for right in contrasts.indices {
                var sum = Matrix(rows: bread.rows, columns: bread.rows)
                for (index, cluster) in clusters.enumerated() {
                    let (one, other) = (images[index][left], images[index][right])
                    for row in one.indices {
                        for column in one.indices { sum[row, column] += one[row] * other[column] }
                    }
                    let (mixed, mixedTaken) = cluster.parts(directions[left], directions[right], one, other, bread)
                    square += (mixed - mixedTaken) * (mixed - mixedTaken) - mixedTaken * mixedTaken
                    let (first, firstTaken) = cluster.parts(directions[left], directions[left], one, one, bread)
                    let (second, secondTaken) = cluster.parts(directions[right], directions[right], other, other, bread)
                    square += (first - firstTaken) * (second - secondTaken) - firstTaken * secondTaken
                    if left == right { mean += first - firstTaken }
                }
                let half = bread * sum
                var transposed = Matrix(rows: bread.rows, columns: bread.rows)
                for row in 0..<bread.rows {
                    for column in 0..<bread.rows { transposed[column, row] = sum[row, column] }
                }
                square += half.traceOfProduct(with: bread * transposed) + half.traceOfProduct(with: half)
            }
        }
        return (mean, square)
    }
}

extension ClusterSandwich.Cluster {
    /// Computes aₛ'Eaₜ and yₛ'Myₜ.
    fileprivate func parts(
        _ left: [Double], _ right: [Double], _ imageLeft: [Double], _ imageRight: [Double], _ bread: Matrix
    ) -> (own: Double, taken: Double) {
        var own = 0.0
        var taken = 0.0
        for row in left.indices {
            for column in right.indices {
                own += left[row] * expected[row, column] * right[column]
                taken += imageLeft[row] * bread[row, column] * imageRight[column]
            }
        }
        return (own, taken)
    }
}
