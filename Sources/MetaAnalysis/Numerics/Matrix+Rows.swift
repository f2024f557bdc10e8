/// Matrices made from rows or columns, and products with them.
extension Matrix {
    /// - Parameter rows: one or more, of equal length.
    init(rows: [[Double]]) {
        self.init(rows: rows.count, columns: rows[0].count, elements: Array(rows.joined()))
    }

    /// - Parameter columns: each of `rows` numbers.
    init(columns: [[Double]], rows: Int) {
        let width = columns.count
        let elements = [Double](unsafeUninitializedCapacity: rows * width) { buffer, filled in
            for (place, column) in columns.enumerated() {
                precondition(column.count == rows, "columns of equal length")
                column.withUnsafeBufferPointer { column in
                    for row in 0..<rows { buffer[row * width + place] = column[row] }
                }
            }
            filled = rows * width
        }
        self.init(rows: rows, columns: width, elements: elements)
    }

    func row(_ row: Int) -> [Double] { Array(elements[(row * columns)..<((row + 1) * columns)]) }

    /// Returns one element of the product with a vector.
    func product(ofRow row: Int, _ vector: [Double]) -> Double {
        elements.withUnsafeBufferPointer { elements in
            let start = row * columns
            var sum = 0.0
            for column in 0..<columns { sum += elements[start + column] * vector[column] }
            return sum
        }
    }

    /// Returns xᵀMx for a row x of this matrix and a symmetric matrix M.
    func form(ofRow row: Int, _ inner: Matrix) -> Double {
        precondition(inner.rows == columns && inner.columns == columns, "shapes do not fit")
        return elements.withUnsafeBufferPointer { elements in
            inner.elements.withUnsafeBufferPointer { inner in
                let start = row * columns
                var sum = 0.0
                for left in 0..<columns {
                    var product = 0.0
                    for right in 0..<columns { product += inner[left * columns + right] * elements[start + right] }
                    sum += elements[start + left] * product
                }
                return sum
            }
        }
    }

    /// Returns xᵀMx for a vector x.
    func form(_ vector: [Double]) -> Double {
        precondition(rows == columns && vector.count == rows, "shapes do not fit")
        var sum = 0.0
        for row in 0..<rows {
            for column in 0..<columns { sum += vector[row] * self[row, column] * vector[column] }
        }
        return sum
    }

    func column(_ column: Int) -> [Double] {
        precondition(column >= 0 && column < columns, "a column of the matrix")
        return elements.withUnsafeBufferPointer { elements in
            [Double](unsafeUninitializedCapacity: rows) { buffer, filled in
                for row in 0..<rows { buffer[row] = elements[row * columns + column] }
                filled = rows
            }
        }
    }

    /// Returns A S Aᵀ for this A and a symmetric S; the result is exactly symmetric.
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
