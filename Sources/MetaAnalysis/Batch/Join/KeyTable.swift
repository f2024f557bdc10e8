/// Distinct byte texts in the order of their first appearance, in a hash table with open addressing over one arena.
///
/// Texts are not stored as `String`, so that a million markers of ten bytes take about 30 MB. Each text has a place, counted from 0.
struct KeyTable: Sendable {
    private var bytes: [UInt8] = []
    /// End of every text in `bytes`.
    private var ends: [UInt32] = []
    /// Place of a text in the lower half and the upper half of its hash above it, or `empty`. The number of slots is a power of two, and at
    /// most half of them are used, so that every search ends.
    private var slots: [UInt64] = Array(repeating: Self.empty, count: 64)

    private static let empty = UInt64(UInt32.max)

    var count: Int { ends.count }

    /// Returns the text at a place.
    func text(at place: Int) -> ArraySlice<UInt8> { bytes[start(of: place)..<Int(ends[place])] }

    /// Whether the text at a place equals this text; `false` after the last place.
    func has(_ text: Span<UInt8>, at place: Int) -> Bool {
        guard place < ends.count, case let start = start(of: place), Int(ends[place]) - start == text.count else {
            return false
        }
        return bytes.withUnsafeBytes { own in
            text.withUnsafeBytes { other in
                Self.areEqual(own.baseAddress, start, other.baseAddress, other.count)
            }
        }
    }

    /// Returns the place of a text; `nil` if the table does not have it.
    func place(of text: Span<UInt8>) -> Int? {
        let hash = Self.hash(text)
        let slot = slots[slot(of: text, hash)]
        return slot == Self.empty ? nil : Int(slot & Self.empty)
    }

    /// Returns the place of a text, which is added if it is new; `nil` if the texts take more than 4 GiB.
    mutating func insert(_ text: Span<UInt8>) -> (place: Int, isNew: Bool)? {
        let hash = Self.hash(text)
        let index = slot(of: text, hash)
        if slots[index] != Self.empty { return (Int(slots[index] & Self.empty), false) }
        guard bytes.count + text.count < Int(UInt32.max), ends.count < Int(UInt32.max) - 1 else { return nil }
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        ends.append(UInt32(bytes.count))
        slots[index] = hash & ~Self.empty | UInt64(ends.count - 1)
        if 2 * ends.count > slots.count { grow() }
        return (ends.count - 1, true)
    }

    private func start(of place: Int) -> Int { place == 0 ? 0 : Int(ends[place - 1]) }

    /// Returns the slot that holds the text, or the empty slot for it.
    private func slot(of text: Span<UInt8>, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash >> 32) & mask
        while true {
            let slot = slots[index]
            if slot == Self.empty { return index }
            if (slot ^ hash) >> 32 == 0, has(text, at: Int(slot & Self.empty)) { return index }
            index = (index + 1) & mask
        }
    }

    /// Doubles the number of slots; the stored hashes determine the new slot of each text.
    private mutating func grow() {
        let mask = slots.count * 2 - 1
        var larger = Array(repeating: Self.empty, count: mask + 1)
        for slot in slots where slot != Self.empty {
            var index = Int(slot >> 32) & mask
            while larger[index] != Self.empty { index = (index + 1) & mask }
            larger[index] = slot
        }
        slots = larger
    }
}

extension KeyTable {
    /// Hashes eight bytes at a time, each mixed in by a product of 128 bits folded to 64. The upper half is as good as the lower half.
    private static func hash(_ text: Span<UInt8>) -> UInt64 {
        text.withUnsafeBytes { text in
            var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(text.count)
            var index = 0
            while index + 8 <= text.count {
                state = fold(state ^ text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += 8
            }
            var rest: UInt64 = 0
            while index < text.count {
                rest = rest << 8 | UInt64(text[index])
                index += 1
            }
            return fold(fold(state ^ rest))
        }
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD134_2543_DE82_EF95)
        return product.high ^ product.low
    }

    private static func areEqual(
        _ own: UnsafeRawPointer?, _ start: Int, _ other: UnsafeRawPointer?, _ count: Int
    ) -> Bool {
        guard let own, let other else { return count == 0 }
        var index = 0
        while index + 8 <= count {
            let word = own.loadUnaligned(fromByteOffset: start + index, as: UInt64.self)
            guard word == other.loadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
            index += 8
        }
        while index < count {
            let byte = own.load(fromByteOffset: start + index, as: UInt8.self)
            guard byte == other.load(fromByteOffset: index, as: UInt8.self) else { return false }
            index += 1
        }
        return true
    }
}
