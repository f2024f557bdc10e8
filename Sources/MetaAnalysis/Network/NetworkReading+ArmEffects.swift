extension NetworkReading {
    /// Reads studies whose arms report estimates with standard errors and have no complete data of another kind.
    ///
    /// - Returns: rows that remain to be read as data.
    mutating func readEffects(_ blocks: [ArmRows]) throws -> [ArmRows] {
        let columns = blocks.map { ArmEffects.Columns($0.finder) }
        guard let first = columns.compactMap(\.self).first else { return blocks }
        let kinds = try? armKinds()
        let found = blocks.map { block in
            kinds.flatMap { try? KindDetection(table, finder: block.finder, measure: settings.measure, among: $0) }?
                .choose(rows: block.rows, outcome: nil).data
        }
        let complete = zip(blocks, found).map { block, data in
            data.map { data in Set(block.rows.filter { data.isComplete(row: $0, in: table) }) } ?? []
        }
        let studies = try studies(blocks, columns)
        let open = studies.filter { study in study.arms.contains { !complete[$0.block].contains($0.row) } }
        let forms = open.map { ArmEffects.form(of: $0.arms.map(\.arm), saysDifference: first.saysDifference) }
        // A mean that is missing in one arm of every study, if there are several studies, is that of the arm the others are compared with.
        let areDifferences =
            first.saysDifference
            || (studies.count > 1 && forms.count == studies.count && forms.allSatisfy { $0?.isOfDifferences ?? false })
        // In rows with counts, the column of standard errors has another meaning.
        let holdsCounts = zip(found, complete).contains { $0 != nil && $0?.kind != .singleMean && !$1.isEmpty }
        guard areDifferences || !holdsCounts else { return blocks }
        let holdsData = found.contains { $0 != nil }
        var taken: [Set<Int>] = blocks.map { _ in [] }
        for (study, form) in zip(open, forms) {
            let arms = study.arms.map(\.arm)
            do throws(Exclusion) {
                guard arms.count > 1 else {
                    throw Exclusion("it has one arm (\(arms[0].treatment.shown)), which compares nothing")
                }
                guard let form, form.isOfDifferences == areDifferences else {
                    throw Exclusion(
                        areDifferences
                            ? "not exactly one of its differences is missing, as that of the arm is which the others are compared"
                                + " with, or one has no standard error"
                            : "a mean or its standard error is missing")
                }
                data.contrasts += try ArmEffects.contrasts(arms, form)
            } catch {
                // Rows that are not estimates may still be data.
                if holdsData, form?.isOfDifferences != areDifferences { continue }
                note([ExcludedStudy(label: study.label, row: arms[0].row, reason: error.reason)])
            }
            study.arms.forEach { taken[$0.block].insert($0.row) }
        }
        guard taken.contains(where: { !$0.isEmpty }) else { return blocks }
        noteEffects(first, areDifferences: areDifferences)
        return zip(blocks, taken).compactMap { block, taken in
            var rest = block
            rest.rows.removeAll { taken.contains($0) }
            return rest.rows.isEmpty ? nil : rest
        }
    }

    /// The arms of a study with their positions in the table.
    private struct StudyArms {
        var label: String
        var arms: [(arm: ArmEffects.Arm, block: Int, row: Int)]
    }

    /// Groups arms by study, in the order in which the studies first appear.
    private func studies(_ blocks: [ArmRows], _ columns: [ArmEffects.Columns?]) throws -> [StudyArms] {
        var studies: [StudyArms] = []
        var positions: [String: Int] = [:]
        for (index, block) in blocks.enumerated() {
            for row in block.rows {
                func text(_ role: String) -> String? {
                    block.finder.structure(role).flatMap { table.text(row: row, column: $0) }
                }
                let line = table.line(ofRow: row)
                let label = text("study") ?? "row \(line)"
                let arm = ArmEffects.Arm(
                    study: label, treatment: try treatment(row, block.treatment),
                    estimate: try columns[index].flatMap { try table.number(row: row, column: $0.estimate) },
                    error: try columns[index].flatMap { try table.number(row: row, column: $0.error) }, row: line,
                    group: text("group"))
                if positions[label] == nil {
                    positions[label] = studies.count
                    studies.append(StudyArms(label: label, arms: []))
                }
                studies[positions[label, default: 0]].arms.append((arm, index, row))
            }
        }
        return studies
    }

    private mutating func noteEffects(_ columns: ArmEffects.Columns, areDifferences: Bool) {
        let (estimate, error) = (table.columns[columns.estimate], table.columns[columns.error])
        data.contrastMeasure =
            areDifferences ? ReportedEffect.Measure.generic.rawValue : TwoGroupMeans.Measure.meanDifference.rawValue
        data.columns["sei"] = error
        data.columns[areDifferences ? "yi" : "mi"] = estimate
        data.diagnostics.append(
            Diagnostic(
                .note, .defaultChosen,
                (areDifferences
                    ? "effects are read as the difference of an arm minus the arm of its study whose value is missing"
                    : "arms are read as means with their standard errors")
                    + " (columns \(quoted(estimate)) and \(quoted(error)))"))
    }
}
