public import MetaAnalysis

extension EffectSizes {
    /// The same with effects 2^exponent times as large.
    public func scaled(byPowerOfTwo exponent: Int) -> EffectSizes {
        var scaled = self
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        for index in scaled.effects.indices {
            scaled.effects[index].estimate *= factor
            // Twice, as the square of the factor may be out of range.
            scaled.effects[index].variance *= factor
            scaled.effects[index].variance *= factor
        }
        return scaled
    }
}
