/// Detects a group that reappears after another one, in memory that does not grow with the number of groups.
///
/// The labels of groups are stored as hashes of 128 bits. With more than 65,536 of them, only hashes that end in a zero bit are kept, then
/// those that end in two, and so on. Up to 65,536 groups the answer is exact. In a larger file that is not sorted, many groups reappear,
/// and one of them is almost certainly among the stored ones.
struct GroupOrder {
    private struct Hash: Equatable {
        var low: UInt64 = 0
        var high: UInt64 = 0
    }

    private static let limit = 1 << 16
    /// Hash table with open addressing; a free slot has both halves 0.
    private var places = [Hash](repeating: Hash(), count: 1 << 10)
    private var count = 0
    private var zeroBits: UInt64 = 0

    /// Returns whether the group was seen before, and remembers it.
    mutating func hasSeen(_ label: UnsafeBufferPointer<UInt8>) -> Bool {
        let hash = Self.hash(label)
        guard hash.low.trailingZeroBitCount >= zeroBits else { return false }
        guard insert(hash) else { return true }
        if count > Self.limit {
            thin()
        } else if count * 2 > places.count {
            rebuild(size: places.count * 2)
        }
        return false
    }

    /// Inserts a hash; returns `false` if it is stored already.
    private mutating func insert(_ hash: Hash) -> Bool {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: hash.high) & mask
        while places[place] != Hash() {
            if places[place] == hash { return false }
            place = (place + 1) & mask
        }
        places[place] = hash
        count += 1
        return true
    }

    private mutating func thin() {
        while count > Self.limit / 2 + Self.limit / 4 {
            zeroBits += 1
            rebuild(size: places.count)
        }
    }

    private mutating func rebuild(size: Int) {
        let known = places
        places = Array(repeating: Hash(), count: size)
        count = 0
        for hash in known where hash != Hash() && hash.low.trailingZeroBitCount >= zeroBits { _ = insert(hash) }
    }

    /// Returns the eight bytes from a position, with zeros after the end.
    @inline(__always)
    private static func word(_ label: UnsafeBufferPointer<UInt8>, from index: Int) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(label)
        let left = bytes.count - index
        if left >= 8 { return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) }
        var word: UInt64 = 0
        var place = 0
        if left >= 4 {
            word = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
            place = 4
        }
        while place < left {
            word |= UInt64(bytes[index + place]) << UInt64(8 * place)
            place += 1
        }
        return word
    }

    /// Returns a hash from two 128-bit products for every eight bytes, folded (as in wyhash).
    private static func hash(_ label: UnsafeBufferPointer<UInt8>) -> Hash {
        func folded(_ first: UInt64, _ second: UInt64) -> UInt64 {
            let product = first.multipliedFullWidth(by: second)
            return product.high ^ product.low
        }
        var low: UInt64 = 0xA076_1D64_78BD_642F ^ UInt64(label.count)
        var high: UInt64 = 0xE703_7ED1_A0B4_28DB &+ UInt64(label.count)
        var index = 0
        repeat {
            let word = Self.word(label, from: index)
            low = folded(low ^ word, 0x8EBC_6AF0_9C88_C6E3)
            high = folded(high &+ word, 0x5899_65CC_7537_4CC3) ^ (low << 1)
            index += 8
        } while index < label.count
        low = folded(low ^ 0x1D8E_4E27_C47D_124F, 0xEB44_ACCA_B455_D165)
        high = folded(high ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9)
        return low == 0 && high == 0 ? Hash(low: 0, high: 1) : Hash(low: low, high: high)
    }
}
