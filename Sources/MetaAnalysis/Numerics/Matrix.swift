/// A dense matrix in row-major order.
struct Matrix: Hashable, Sendable {
    let rows: Int
    let columns: Int
    var elements: [Double]

    init(rows: Int, columns: Int, elements: [Double]) {
        precondition(elements.count == rows * columns, "\(rows) × \(columns) needs \(rows * columns) elements")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, elements: Array(repeating: 0, count: rows * columns))
    }

    subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// Returns the product. Zeros of the left matrix are skipped, so a left matrix of mostly zeros is fast.
    static func * (left: Matrix, right: Matrix) -> Matrix {
        precondition(left.columns == right.rows, "shapes do not fit")
        var product = Matrix(rows: left.rows, columns: right.columns)
        let columns = right.columns
        // Buffers of rows remove bounds checks from the innermost loop, so that it is vectorized.
        product.elements.withUnsafeMutableBufferPointer { product in
            right.elements.withUnsafeBufferPointer { right in
                for row in 0..<left.rows {
                    let target = UnsafeMutableBufferPointer(rebasing: product[row * columns..<(row + 1) * columns])
                    for inner in 0..<left.columns {
                        let factor = left[row, inner]
                        guard factor != 0 else { continue }
                        let source = UnsafeBufferPointer(rebasing: right[inner * columns..<(inner + 1) * columns])
                        for column in 0..<columns { target[column] += factor * source[column] }
                    }
                }
            }
        }
        return product
    }

    static func * (left: Matrix, right: [Double]) -> [Double] {
        precondition(left.columns == right.count, "shapes do not fit")
        return (0..<left.rows).map { row in
            var sum = 0.0
            for column in 0..<left.columns { sum += left[row, column] * right[column] }
            return sum
        }
    }

    /// Returns the sum of the diagonal of `self * other`, without computing the product.
    func traceOfProduct(with other: Matrix) -> Double {
        precondition(columns == other.rows && rows == other.columns, "shapes do not fit")
        var sum = 0.0
        for row in 0..<rows {
            for column in 0..<columns { sum += self[row, column] * other[column, row] }
        }
        return sum
    }
}
