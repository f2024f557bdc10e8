extension Summary {
    /// Summarizes small-study effects of one set of studies: tests, studies left out, trim and fill, fail-safe numbers, and the effect by
    /// methods that depend less on small studies.
    ///
    /// - Parameters:
    ///   - source: first part of the heading, before the outcome, such as the name of the file.
    ///   - choices: choices made by default, as clauses.
    public init(_ report: SmallStudyReport, source: String? = nil, choices: [String] = []) {
        let pooled = report.pooled
        var reading = EffectReading(measure: pooled.settings.measure, scale: pooled.scale)
        reading.decimals = reading.decimals(for: [pooled])
        self.init()
        let names = [source, report.outcome].compactMap { $0?.singleLine }.filter { !$0.isEmpty }
        if !names.isEmpty { blocks.append(.heading(names.joined(separator: ": "))) }
        var sentence =
            "\(pooled.settings.measure): small-study effects among " + Self.counted(pooled.k, of: pooled.studyCount)
            + "; \(Self.phrase(pooled, reading)) as they are."
        if !choices.isEmpty { sentence += " Chosen by default: " + choices.joined(separator: "; ") + "." }
        blocks.append(.paragraph(sentence))
        if !report.tests.isEmpty {
            blocks.append(.table(Self.table(report.tests, reading, level: pooled.settings.level)))
            if report.tests.contains(where: { $0.limit != nil }) {
                blocks.append(
                    .paragraph("Limit: the \(reading.name) that the regression predicts for an infinitely large study.")
                )
            }
        }
        let sentences = Self.adjusted(report, reading) + Self.adjustments(report, reading)
        if !sentences.isEmpty { blocks.append(.list(sentences)) }
        blocks += Self.selectionModels(report.selectionModels, reading)
        if !report.failSafe.isEmpty {
            blocks.append(.paragraph("Fail-safe numbers, of studies without an effect that would overturn the result:"))
            blocks.append(.list(report.failSafe.map { Self.sentence(for: $0, reading) }))
        }
        if !report.omitted.isEmpty {
            blocks.append(.paragraph("Left out, as the data do not allow them or for the reason given:"))
            blocks.append(.list(report.omitted.map { "\($0.name): \($0.reason.singleLine)" }))
        }
        if !pooled.excluded.isEmpty {
            blocks.append(.paragraph("Studies left out:"))
            blocks.append(.list(pooled.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(report.diagnostics) { blocks.append(list) }
    }

    private static func table(_ tests: [SmallStudyTest], _ reading: EffectReading, level: Double) -> Table {
        Table(
            columns: [
                .init("Test", .leading), .init("Estimate"), .init("Statistic", .leading), .init("p"),
                .init("Limit (\(percentLevel(level)))"),
            ],
            rows: tests.map { test in
                Table.Row([
                    test.title,
                    test.estimate.map { NumberFormat.significant($0, digits: 3) } ?? "",
                    statistic(test), test.pValue.map(pValue) ?? "not estimable",
                    test.limit.map { "\(reading.text($0.estimate)) (\(reading.text($0.confidenceInterval)))" } ?? "",
                ])
            })
    }

    private static func pValue(_ value: Double) -> String {
        let text = NumberFormat.pValue(value)
        return text.hasPrefix("= ") ? String(text.dropFirst(2)) : text
    }

    private static func statistic(_ test: SmallStudyTest) -> String {
        if let count = test.significance {
            return "\(count.observed) for \(NumberFormat.fixed(count.expected, decimals: 1)) expected"
        }
        guard let statistic = test.statistic else { return "" }
        let number = NumberFormat.readable(statistic, decimals: 2)
        switch (test.reference, test.degreesOfFreedom) {
        case (.studentT, let degrees?): return "t(\(NumberFormat.count(degrees))) = \(number)"
        case (.exact, _): return "z = \(number), p exact"
        default: return "z = \(number)"
        }
    }

    private static func phrase(_ pooled: PooledEffect, _ reading: EffectReading) -> String {
        "pooled \(reading.name) \(reading.text(pooled.estimate)) (\(percentLevel(pooled.settings.level)) interval"
            + " \(reading.text(pooled.confidenceInterval)))"
    }

    /// Returns the effect by methods that allow for small-study effects.
    private static func adjusted(_ report: SmallStudyReport, _ reading: EffectReading) -> [String] {
        var lines = report.trimAndFill.map { filled -> String in
            let added =
                filled.imputed == 0
                ? "no study added on the \(filled.side.rawValue)"
                : counted(filled.imputed, "study", "studies") + " added on the \(filled.side.rawValue)"
            let test = filled.imputedPValue.map { " (p \(NumberFormat.pValue($0)) that none is missing)" } ?? ""
            return
                "Trim and fill (\(filled.missingEstimator.rawValue)): \(added)\(test); \(phrase(filled.pooled, reading))."
        }
        if let fit = report.petPeese {
            lines.append(
                "PET-PEESE: \(reading.text(fit.estimate)) (\(reading.text(fit.confidenceInterval))), by"
                    + " \(fit.chosen.rawValue.uppercased()); PET \(reading.text(fit.pet.estimate)), p"
                    + " \(fit.pet.pValue.map(NumberFormat.pValue) ?? "not estimable"); PEESE"
                    + " \(reading.text(fit.peese.estimate)).")
        }
        if let fit = report.henmiCopas {
            lines.append(
                "Henmi–Copas: \(reading.text(fit.estimate)) (\(reading.text(fit.confidenceInterval))), with common-effect"
                    + " weights.")
        }
        if let worst = report.worstCase {
            let total = counted(worst.affirmative, "study", "studies") + " significant on the \(worst.side.rawValue)"
            let pooled = worst.pooled.map { "without them \(phrase($0, reading))" } ?? "no other to pool"
            var line = "Worst case: \(total); \(pooled)"
            if let ratio = worst.selectionRatio {
                line += "; S-value \(NumberFormat.readable(ratio, decimals: 1))"
                if let end = worst.selectionRatioOfInterval {
                    line += " (of the interval \(NumberFormat.readable(end, decimals: 1)))"
                }
            }
            lines.append(line + ".")
        }
        return lines
    }

    private static func sentence(for fit: FailSafeFit, _ reading: EffectReading) -> String {
        let number = fit.number.map { NumberFormat.count($0) } ?? "more than 100000"
        let aim: String
        if let target = fit.target {
            aim = "to bring the \(reading.name) to \(reading.text(target))"
        } else {
            let sided = fit.type == .rosenthal ? "one-sided p" : "p"
            aim = "to bring \(sided) to \(fit.alpha.map { NumberFormat.count($0) } ?? "")"
        }
        return "\(fit.type.rawValue.capitalizingFirst): \(number) \(aim)."
    }
}

extension SmallStudyTest {
    /// Name of the test for readers, with its model.
    fileprivate var title: String {
        name == .egger && tauSquared == nil ? "Egger, common effect" : name.title
    }
}
