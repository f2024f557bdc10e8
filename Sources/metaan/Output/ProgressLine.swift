import SystemPackage

/// The progress of a long run, on a line of standard error that is overwritten; only if standard error is a terminal.
struct ProgressLine {
    private let size: Int?
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var next: ContinuousClock.Instant
    private let isShown = Platform.errorIsTerminal
    private var hasWritten = false

    /// - Parameter size: number of bytes to be read; `nil` if it is unknown.
    init(size: Int?) {
        self.size = size
        start = clock.now
        next = start + .milliseconds(500)
    }

    mutating func update(bytesRead: Int, groups: Int) {
        guard isShown, case let now = clock.now, now >= next else { return }
        next = now + .milliseconds(200)
        let seconds = (now - start) / .seconds(1)
        var parts = ["\(groups) groups", "\(Int(Double(bytesRead) / seconds / 1e6)) MB/s"]
        if let size, size > 0 {
            let share = min(1, Double(bytesRead) / Double(size))
            parts.append("\(Int(share * 100))%")
            if share > 0 { parts.append("\(Int(seconds * (1 - share) / share)) s left") }
        }
        write("\r\u{1B}[K" + parts.joined(separator: ", "))
        hasWritten = true
    }

    /// Removes the line.
    mutating func clear() {
        guard hasWritten else { return }
        write("\r\u{1B}[K")
        hasWritten = false
    }

    private func write(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(text.utf8) }
}
