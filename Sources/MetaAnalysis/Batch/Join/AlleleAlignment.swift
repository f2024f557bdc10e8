/// The relation of the alleles of a row to those of its marker.
///
/// An effect is that of one copy of the effect allele in place of the other allele. Its sign changes if the two are exchanged.
struct AlleleAlignment: Hashable, Sendable {
    enum Strand: Hashable, Sendable {
        case same
        /// The row has the bases of the other strand: A for T, C for G.
        case turned
        /// The strand is unknown: A/T and C/G are the same on both strands, and are compared by their letters.
        case unknown
    }

    /// Whether the effect allele of the row is the other allele of the marker.
    var isSwapped: Bool
    var strand: Strand
}

/// The two alleles of a marker or a row.
struct AllelePair: Hashable, Sendable {
    var effect: Allele
    var other: Allele

    /// Whether the alleles are the same on both strands: A/T and C/G.
    var isPalindromic: Bool { effect.complement == other }

    /// Returns how these alleles are aligned to those of the marker; `nil` if they are different alleles.
    @inline(__always)
    func alignment(to reference: AllelePair) -> AlleleAlignment? {
        let strand: AlleleAlignment.Strand = reference.isPalindromic ? .unknown : .same
        if self == reference { return AlleleAlignment(isSwapped: false, strand: strand) }
        if swapped == reference { return AlleleAlignment(isSwapped: true, strand: strand) }
        return turnedAlignment(to: reference)
    }

    @inline(never)
    private func turnedAlignment(to reference: AllelePair) -> AlleleAlignment? {
        guard let complement else { return nil }
        if complement == reference { return AlleleAlignment(isSwapped: false, strand: .turned) }
        if complement.swapped == reference { return AlleleAlignment(isSwapped: true, strand: .turned) }
        return nil
    }

    private var swapped: AllelePair { AllelePair(effect: other, other: effect) }

    /// Bases of the opposite strand; `nil` for insertions and deletions, which are texts without a strand.
    private var complement: AllelePair? {
        guard let effect = effect.complement, let other = other.complement else { return nil }
        return AllelePair(effect: effect, other: other)
    }
}

/// An allele, ignoring case, stored in four bytes.
struct Allele: Hashable, Sendable {
    /// Upper-case letter of an allele of one letter; 256 or more for the texts of `AlleleTexts`.
    fileprivate var code: UInt32

    /// The opposite base; `nil` if the allele is not a base.
    var complement: Allele? {
        switch UInt8(truncatingIfNeeded: code < 256 ? code : 0) {
        case UInt8(ascii: "A"): Allele(code: UInt32(UInt8(ascii: "T")))
        case UInt8(ascii: "T"): Allele(code: UInt32(UInt8(ascii: "A")))
        case UInt8(ascii: "C"): Allele(code: UInt32(UInt8(ascii: "G")))
        case UInt8(ascii: "G"): Allele(code: UInt32(UInt8(ascii: "C")))
        default: nil
        }
    }
}

/// The alleles of more than one letter that were read. The numbers 1 to 4 are bases; see `AlleleCoding`.
struct AlleleTexts: Sendable {
    private var texts = KeyTable()

    /// Returns the allele of a text, which is added if it is new.
    ///
    /// - Parameter text: text of the allele, not empty.
    /// - Returns: `nil` if the texts take more than 4 GiB.
    mutating func allele(_ text: Span<UInt8>) -> Allele? {
        if text.count == 1 { return Allele(code: UInt32(Self.upperCase(AlleleCoding.base(of: text[0])))) }
        let folded = text.withUnsafeBufferPointer { $0.map(Self.upperCase) }
        return texts.insert(folded.span).map { Allele(code: UInt32(256 + $0.place)) }
    }

    /// Returns the text of an allele, in upper case.
    func bytes(of allele: Allele) -> ArraySlice<UInt8> {
        allele.code < 256 ? [UInt8(allele.code)] : texts.text(at: Int(allele.code) - 256)
    }

    private static func upperCase(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "a") < 26 ? byte - 32 : byte
    }
}
