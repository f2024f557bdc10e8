/// How a file writes alleles: as letters, or as the numbers 1 to 4 for A, C, G and T, as METAL reads them.
///
/// Some programs also call the two alleles of any marker 1 and 2. Such a file has no 3 and no 4, and the bases cannot be determined.
struct AlleleCoding: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let letters = AlleleCoding(rawValue: 1)
    /// The number 1 or 2.
    static let lowNumbers = AlleleCoding(rawValue: 2)
    /// The number 3 or 4.
    static let highNumbers = AlleleCoding(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    @inline(__always)
    init(_ allele: Span<UInt8>) {
        switch allele.count == 1 ? allele[0] : 0 {
        case UInt8(ascii: "1"), UInt8(ascii: "2"): self = .lowNumbers
        case UInt8(ascii: "3"), UInt8(ascii: "4"): self = .highNumbers
        default: self = .letters
        }
    }

    /// Returns the base of a number from 1 to 4, and any other byte unchanged.
    @inline(__always)
    static func base(of byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "1"): UInt8(ascii: "A")
        case UInt8(ascii: "2"): UInt8(ascii: "C")
        case UInt8(ascii: "3"): UInt8(ascii: "G")
        case UInt8(ascii: "4"): UInt8(ascii: "T")
        default: byte
        }
    }

    /// Whether the numbers may be names of alleles and not bases.
    var mayNameAlleles: Bool { contains(.lowNumbers) && !contains(.highNumbers) }
}

extension MarkerJoin {
    /// Checks that numbers used as alleles have the same meaning in all cohorts.
    ///
    /// - Throws: `MetaAnalysisError` (`.malformedTable`) for a cohort whose only numbers are 1 and 2, unless all alleles of all cohorts are
    ///   1 and 2.
    package func checkAlleleCoding() throws {
        let all = cohorts.reduce(into: AlleleCoding()) { $0.formUnion($1.alleleCoding) }
        guard all != .lowNumbers, let cohort = cohorts.first(where: { $0.alleleCoding.mayNameAlleles }) else { return }
        throw MetaAnalysisError(
            .malformedTable,
            """
            the only numbers among its alleles are 1 and 2, which are A and C where 1, 2, 3 and 4 stand for A, C, G and T, but may also \
            be names for the two alleles of a marker
            """, remedy: "write the alleles as letters", location: .init(file: cohort.name))
    }
}
