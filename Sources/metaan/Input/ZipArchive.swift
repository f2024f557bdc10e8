import MetaAnalysis
import SystemPackage

/// The members of a ZIP archive, as written by `numpy.savez`.
struct ZipArchive {
    struct Member {
        var name: String
        /// Method of compression: 0 for stored, 8 for deflated.
        var method: Int
        var checksum: Int
        var packedSize: Int
        var size: Int
        /// Position of the local header.
        var headerOffset: Int
    }

    static let magic: [UInt8] = Array("PK".utf8)

    /// Greatest number of bytes of the directory; that of a few arrays takes a few hundred.
    private static let longestDirectory = 1 << 24

    let members: [Member]

    /// Reads the directory.
    ///
    /// - Throws: `CommandFailure` with status `dataWrong` for anything but a complete archive.
    init(_ file: RandomAccessFile) throws {
        // The directory is at the end, before a comment of at most 64 KiB.
        let tail = try file.bytes(at: max(0, file.size - 65_557), count: min(file.size, 65_557))
        guard
            let end = tail.indices.last(where: {
                tail[$0...].starts(with: [0x50, 0x4B, 5, 6]) && tail.count - $0 >= 22
            })
        else { throw Self.damage(file) }
        var (count, size, offset) = (
            tail.number(at: end + 10, bytes: 2), tail.number(at: end + 12, bytes: 4),
            tail.number(at: end + 16, bytes: 4)
        )
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            // The locator of a ZIP64 directory is directly before it.
            guard end >= 20, tail[(end - 20)...].starts(with: [0x50, 0x4B, 6, 7]) else { throw Self.damage(file) }
            let large = try file.bytes(at: tail.number(at: end - 12, bytes: 8), count: 56)
            guard large.count == 56, large.starts(with: [0x50, 0x4B, 6, 6]) else { throw Self.damage(file) }
            (count, size, offset) = (
                large.number(at: 32, bytes: 8), large.number(at: 40, bytes: 8), large.number(at: 48, bytes: 8)
            )
        }
        guard size >= 0, offset >= 0, size <= file.size, offset <= file.size - size, (0...size / 46).contains(count)
        else {
            throw Self.damage(file)
        }
        guard size <= Self.longestDirectory else {
            throw CommandFailure(
                .dataWrong,
                """
                \(file.name): the list of members of the archive has more than \(TableLimits.bytes(Self.longestDirectory)); save the \
                arrays that are needed, by numpy.savez
                """)
        }
        let directory = try file.bytes(at: offset, count: size)
        var members: [Member] = []
        var position = 0
        for _ in 0..<count {
            guard directory.count - position >= 46, directory[position...].starts(with: [0x50, 0x4B, 1, 2]) else {
                throw Self.damage(file)
            }
            func field(_ offset: Int, _ bytes: Int) -> Int { directory.number(at: position + offset, bytes: bytes) }
            let (nameLength, extraLength, commentLength) = (field(28, 2), field(30, 2), field(32, 2))
            let next = position + 46 + nameLength + extraLength + commentLength
            guard next <= directory.count else { throw Self.damage(file) }
            var member = Member(
                name: String(decoding: directory[(position + 46)..<(position + 46 + nameLength)], as: UTF8.self),
                method: field(10, 2), checksum: field(16, 4), packedSize: field(20, 4), size: field(24, 4),
                headerOffset: field(42, 4))
            guard field(8, 2) & 1 == 0 else {
                throw CommandFailure(.dataWrong, "\(file.name): the archive is encrypted; save it without a password")
            }
            let extra = (position + 46 + nameLength)..<(next - commentLength)
            member.readLargeNumbers(directory, extra)
            members.append(member)
            position = next
        }
        self.members = members
    }

    static func damage(_ file: RandomAccessFile) -> CommandFailure {
        CommandFailure(.dataWrong, "\(file.name): the ZIP archive is damaged or ends too early; copy or save it anew")
    }
}

extension ZipArchive.Member {
    /// Reads numbers of eight bytes, which replace those that do not fit in four.
    fileprivate mutating func readLargeNumbers(_ directory: [UInt8], _ extra: Range<Int>) {
        var position = extra.lowerBound
        while position + 4 <= extra.upperBound {
            let (kind, length) = (
                directory.number(at: position, bytes: 2), directory.number(at: position + 2, bytes: 2)
            )
            var place = position + 4
            position = place + length
            guard kind == 1, position <= extra.upperBound else { continue }
            func take(_ number: inout Int) {
                guard number == 0xFFFF_FFFF, place + 8 <= position else { return }
                number = directory.number(at: place, bytes: 8)
                place += 8
            }
            take(&size)
            take(&packedSize)
            take(&headerOffset)
        }
    }
}

extension [UInt8] {
    /// Returns a number of up to eight bytes, the lowest byte first.
    func number(at position: Int, bytes: Int) -> Int {
        (0..<bytes).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(self[position + $1]) << (8 * UInt64($1))) }
    }
}
