/// The forms yᵀPy and yᵀPPy at one τ², of one group or of the groups in the lanes of a vector.
struct QuadraticForms<Number> {
    var form: Number
    var squared: Number
}

extension QuadraticForms<SIMD4<Double>> {
    @inline(__always) subscript(lane: Int) -> QuadraticForms<Double> {
        QuadraticForms<Double>(form: form[lane], squared: squared[lane])
    }
}
