/// How the alleles of a row stand to those of its marker.
///
/// The effect is that of one copy of the effect allele in place of the other allele; where they are exchanged, its sign is.
struct AlleleAlignment: Hashable, Sendable {
    enum Strand: Hashable, Sendable {
        case same
        /// The row names the bases of the other strand: A for T, C for G.
        case turned
        /// A/T and C/G read the same on both strands; they are taken by their letters.
        case unknown
    }

    /// The effect allele of one is the other allele of the other.
    var isSwapped: Bool
    var strand: Strand
}

/// The two alleles of a marker or a row.
struct AllelePair: Hashable, Sendable {
    var effect: Allele
    var other: Allele

    /// Whether both strands read the same: A/T and C/G.
    var isPalindromic: Bool { effect.complement == other }

    /// How these alleles are brought to those of the marker; `nil` when they are others.
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

    /// The bases opposite; `nil` for insertions and deletions, which are texts without a strand.
    private var complement: AllelePair? {
        guard let effect = effect.complement, let other = other.complement else { return nil }
        return AllelePair(effect: effect, other: other)
    }
}

/// An allele, whatever the case it is written in, as a number of four bytes.
struct Allele: Hashable, Sendable {
    /// The upper-case letter of a single one; 256 and more for the texts of `AlleleTexts`.
    fileprivate var code: UInt32

    /// The opposite base; `nil` for what is no base.
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

/// The alleles of more than one letter that have been met. The numbers 1 to 4 are bases; see `AlleleCoding`.
struct AlleleTexts: Sendable {
    private var texts = KeyTable()

    /// - Parameter text: not empty.
    /// - Returns: `nil` when the texts take more than 4 GiB.
    mutating func allele(_ text: Span<UInt8>) -> Allele? {
        if text.count == 1 { return Allele(code: UInt32(Self.upperCase(AlleleCoding.base(of: text[0])))) }
        let folded = text.withUnsafeBufferPointer { $0.map(Self.upperCase) }
        return texts.insert(folded.span).map { Allele(code: UInt32(256 + $0.place)) }
    }

    /// How an allele is written, in upper case.
    func bytes(of allele: Allele) -> ArraySlice<UInt8> {
        allele.code < 256 ? [UInt8(allele.code)] : texts.text(at: Int(allele.code) - 256)
    }

    private static func upperCase(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "a") < 26 ? byte - 32 : byte
    }
}
