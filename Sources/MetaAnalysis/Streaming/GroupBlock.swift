/// Groups that follow each other, their rows read: pooled and written together, on whatever thread.
package final class GroupBlock: @unchecked Sendable {
    /// The text of the groups once they are pooled; those that cannot be have a row without numbers, or none.
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

    /// Takes over groups that ended, and gives the memory of its last ones for the next.
    ///
    /// - Parameter isFirst: whether nothing was written before them.
    func take(_ batch: inout StudyBatch, _ labels: inout GroupLabels, isFirst: Bool) {
        swap(&self.batch, &batch)
        swap(&self.labels, &labels)
        batch.removeAll()
        labels.removeAll()
        writer.isFirst = isFirst
    }

    /// Pools the groups and writes `text`; the same whatever the thread and what the block held before.
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

    /// The groups that cannot be pooled, each with its label and the line of its first row.
    var faults: [(fault: GroupFault, label: String, line: Int)] {
        pooled.faults.map { ($0, String(decoding: labels[$0.group], as: UTF8.self), labels.line(of: $0.group)) }
    }
}

/// Labels of groups that follow each other, and where each begins.
struct GroupLabels: ~Copyable {
    private var bytes = ByteWriter(capacity: 1 << 16)
    private var starts: [(byte: Int, line: Int)] = []

    var count: Int { starts.count }

    /// - Parameter line: of the first row of the group.
    mutating func append(_ label: UnsafeBufferPointer<UInt8>, line: Int) {
        starts.append((bytes.count, line))
        bytes.append(label)
    }

    mutating func removeAll() {
        bytes.removeAll()
        starts.removeAll(keepingCapacity: true)
    }

    /// The bytes of a label, up to the next change.
    subscript(group: Int) -> UnsafeBufferPointer<UInt8> {
        let end = group + 1 < starts.count ? starts[group + 1].byte : bytes.count
        return UnsafeBufferPointer(rebasing: bytes.bytes[starts[group].byte..<end])
    }

    func line(of group: Int) -> Int { starts[group].line }

    /// Whether the last group has this label.
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
