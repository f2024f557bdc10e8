import ArgumentParser
import MetaAnalysis

extension Double {
    /// Reads a number of an option, which must be decimal and finite, as in a table.
    ///
    /// - Throws: `ValidationError` for other text, such as 0x1p3, inf and nan.
    init(option text: String) throws {
        guard let number = Self(decimal: text) else {
            throw ValidationError("write a number in decimal digits, such as 0.5")
        }
        self = number
    }
}
