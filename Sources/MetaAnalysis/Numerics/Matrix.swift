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

    static func * (left: Matrix, right: Matrix) -> Matrix {
        precondition(left.columns == right.rows, "shapes do not fit")
        var product = Matrix(rows: left.rows, columns: right.columns)
        for row in 0..<left.rows {
            for inner in 0..<left.columns {
                let factor = left[row, inner]
                for column in 0..<right.columns { product[row, column] += factor * right[inner, column] }
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

    /// Sum of the diagonal of `self * other`, without the product.
    func traceOfProduct(with other: Matrix) -> Double {
        precondition(columns == other.rows && rows == other.columns, "shapes do not fit")
        var sum = 0.0
        for row in 0..<rows {
            for column in 0..<columns { sum += self[row, column] * other[column, row] }
        }
        return sum
    }
}
