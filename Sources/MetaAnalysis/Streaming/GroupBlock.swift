/// Groups that follow each other, their rows read: pooled and written together, on whatever thread.
package final class GroupBlock: @unchecked Sendable {
    /// The text of the groups once they are pooled.
    package private(set) var text = ByteWriter(capacity: 1 << 18)

    private let pooling: BatchPooling
    private var writer: GroupWriter
    private var batch = StudyBatch()
    private var pooled: PooledBatch?
    private var labels = ByteWriter()
    private var labelStarts: [Int] = []

    init(_ pooling: BatchPooling, _ writer: GroupWriter) {
        self.pooling = pooling
        self.writer = writer
    }

    /// Takes over groups that ended, and gives the memory of its last ones for the next.
    ///
    /// - Parameter isFirst: whether nothing was written before them.
    func take(_ batch: inout StudyBatch, _ labels: inout ByteWriter, _ labelStarts: inout [Int], isFirst: Bool) {
        swap(&self.batch, &batch)
        swap(&self.labels, &labels)
        swap(&self.labelStarts, &labelStarts)
        batch.removeAll()
        labels.removeAll()
        labelStarts.removeAll(keepingCapacity: true)
        writer.isFirst = isFirst
    }

    /// Pools the groups and writes `text`; the same whatever the thread and what the block held before.
    ///
    /// - Throws: `MetaAnalysisError` as `BatchPooling.fit(_:)`.
    package func pool() throws {
        text.removeAll()
        let count = labelStarts.count
        do {
            if pooled == nil {
                pooled = try pooling.fit(batch)
            } else {
                try pooling.fit(batch, into: &pooled!)
            }
        } catch var error as MetaAnalysisError {
            let (first, last) = (
                String(decoding: label(0), as: UTF8.self), String(decoding: label(count - 1), as: UTF8.self)
            )
            error.message = "of the groups \(quoted(first)) to \(quoted(last)): " + error.message
            throw error
        }
        guard let pooled else { return }
        for group in 0..<count { writer.write(label(group), pooled[group], to: &text) }
    }

    private func label(_ group: Int) -> UnsafeBufferPointer<UInt8> {
        let end = group + 1 < labelStarts.count ? labelStarts[group + 1] : labels.count
        return UnsafeBufferPointer(rebasing: labels.bytes[labelStarts[group]..<end])
    }
}
