/// A block of consecutive groups whose rows were read; they are pooled and written together, on any thread.
package final class GroupBlock: @unchecked Sendable {
    /// Text of the pooled groups; a group that cannot be pooled has a row without numbers, or none.
    package private(set) var text = ByteWriter(capacity: 1 << 18)

    private let pooling: BatchPooling
    /// Whether a group that cannot be pooled has a row.
    private let keepsFaultyGroups: Bool
    private var writer: GroupWriter
    private var batch = StudyBatch()
    private var pooled: PooledBatch
    private var labels = GroupLabels()

    init(_ pooling: BatchPooling, _ writer: GroupWriter, keepsFaultyGroups: Bool) {
        self.pooling = pooling
        self.keepsFaultyGroups = keepsFaultyGroups
        self.writer = writer
        pooled = PooledBatch(pooling)
    }

    /// Takes complete groups, and gives the memory of the previous ones back for the next groups.
    ///
    /// - Parameter isFirst: whether nothing was written before these groups.
    func take(_ batch: inout StudyBatch, _ labels: inout GroupLabels, isFirst: Bool) {
        swap(&self.batch, &batch)
        swap(&self.labels, &labels)
        batch.removeAll()
        labels.removeAll()
        writer.isFirst = isFirst
    }

    /// Pools the groups and writes `text`, which does not depend on the thread or on earlier contents of the block.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) as `RandomEffects`.
    package func pool() throws {
        text.removeAll()
        try pooling.fitWhatCanBePooled(batch, into: &pooled)
        var faulty = pooled.faults.map(\.group)[...]
        for group in 0..<labels.count {
            if group == faulty.first {
                faulty.removeFirst()
                if keepsFaultyGroups { writer.write(labels[group], nil, to: &text) }
            } else {
                writer.write(labels[group], pooled[group], to: &text)
            }
        }
    }

    /// Groups that cannot be pooled, each with its label and the line of its first row.
    var faults: [(fault: GroupFault, label: String, line: Int)] {
        pooled.faults.map { ($0, String(decoding: labels[$0.group], as: UTF8.self), labels.line(of: $0.group)) }
    }
}

/// Labels of consecutive groups, with the line at which each begins.
struct GroupLabels: ~Copyable {
    private var bytes = ByteWriter(capacity: 1 << 16)
    private var starts: [(byte: Int, line: Int)] = []

    var count: Int { starts.count }

    /// - Parameter line: line of the first row of the group.
    mutating func append(_ label: UnsafeBufferPointer<UInt8>, line: Int) {
        starts.append((bytes.count, line))
        bytes.append(label)
    }

    mutating func removeAll() {
        bytes.removeAll()
        starts.removeAll(keepingCapacity: true)
    }

    /// Bytes of a label, valid until the next change.
    subscript(group: Int) -> UnsafeBufferPointer<UInt8> {
        let end = group + 1 < starts.count ? starts[group + 1].byte : bytes.count
        return UnsafeBufferPointer(rebasing: bytes.bytes[starts[group].byte..<end])
    }

    func line(of group: Int) -> Int { starts[group].line }

    /// Returns whether the last group has this label.
    @inline(__always)
    func endsWith(_ label: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = starts.last?.byte, bytes.count - start == label.count else { return false }
        let last = bytes.bytes
        var index = 0
        while index < label.count {
            if last[start &+ index] != label[index] { return false }
            index &+= 1
        }
        return true
    }
}
