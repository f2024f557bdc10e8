/// Matrices as rows and columns, and the product that a covariance goes through.
extension Matrix {
    /// - Parameter rows: one or more, of equal length.
    init(rows: [[Double]]) {
        self.init(rows: rows.count, columns: rows[0].count, elements: Array(rows.joined()))
    }

    func row(_ row: Int) -> [Double] { Array(elements[(row * columns)..<((row + 1) * columns)]) }

    /// xᵀMx.
    func form(_ vector: [Double]) -> Double {
        precondition(rows == columns && vector.count == rows, "shapes do not fit")
        var sum = 0.0
        for row in 0..<rows {
            for column in 0..<columns { sum += vector[row] * self[row, column] * vector[column] }
        }
        return sum
    }

    func column(_ column: Int) -> [Double] { (0..<rows).map { self[$0, column] } }

    /// A S Aᵀ for this A and a symmetric S, symmetric to the last bit.
    func sandwich(_ inner: Matrix) -> Matrix {
        let left = self * inner
        var product = Matrix(rows: rows, columns: rows)
        for row in 0..<rows {
            for column in 0...row {
                var sum = 0.0
                for index in 0..<columns { sum += left[row, index] * self[column, index] }
                product[row, column] = sum
                product[column, row] = sum
            }
        }
        return product
    }
}
