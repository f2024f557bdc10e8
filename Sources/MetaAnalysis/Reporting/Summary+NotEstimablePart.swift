extension Summary {
    /// Summarizes studies that cannot be pooled, with the reason.
    ///
    /// - Parameter source: first part of the heading, before the outcome, such as the name of the file.
    public init(_ part: NotEstimablePart, source: String? = nil) {
        self.init()
        let names = [source, part.outcome, part.group].compactMap { $0?.singleLine }.filter { !$0.isEmpty }
        if !names.isEmpty { blocks.append(.heading(names.joined(separator: ": "))) }
        let reading = EffectReading(measure: part.measure, scale: part.scale)
        blocks.append(
            .paragraph(
                "\(part.measure): \(reading.title) of \(Self.counted(part.k, "study", "studies")): not estimable, as "
                    + part.reason.message.singleLine + "."))
        if !part.excluded.isEmpty {
            blocks.append(.paragraph("Left out:"))
            blocks.append(.list(part.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(part.diagnostics) { blocks.append(list) }
    }
}
