extension Summary {
    /// Summarizes one pooled analysis: its studies, the pooled effect, the heterogeneity, the methods, and the studies left out.
    ///
    /// - Parameters:
    ///   - pooled: result of any model.
    ///   - source: first part of the heading, before the outcome, such as the name of the file.
    ///   - choices: choices made by default, as clauses ("the measure OR").
    public init(_ pooled: PooledEffect, source: String? = nil, choices: [String] = []) {
        var reading = EffectReading(measure: pooled.settings.measure, scale: pooled.scale)
        reading.decimals = reading.decimals(for: [pooled])
        self.init(Self.opening(pooled, reading, source: source, choices: choices))
        blocks.append(.table(Self.table([Part(pooled)], reading, overall: nil)))
        blocks.append(.paragraph(Self.effectSentence(pooled, reading)))
        appendDetails(of: pooled, reading)
    }

    /// Summarizes the pooled effects of subgroups, the effect of all studies together, and the test between the subgroups.
    public init(
        _ analysis: SubgroupAnalysis, overall: PooledEffect, source: String? = nil, choices: [String] = []
    ) {
        var reading = EffectReading(measure: overall.settings.measure, scale: overall.scale)
        reading.decimals = reading.decimals(for: analysis.subgroups + [overall])
        self.init(Self.opening(overall, reading, source: source, choices: choices))
        let parts = analysis.parts.map { part in
            switch part {
            case .found(let pooled): Part(pooled, section: pooled.group?.singleLine ?? "no group")
            case .notEstimable(let part): Part(part, of: overall)
            }
        }
        blocks.append(.table(Self.table(parts, reading, overall: overall)))
        var lines: [String] = []
        for part in analysis.parts {
            switch part {
            case .found(let subgroup):
                let name = subgroup.group?.singleLine ?? "no group"
                lines.append("\(name): " + Self.effectSentence(subgroup, reading, isShort: true))
                if let sentence = Self.truncatedSentence(subgroup, reading) { lines.append("\(name): " + sentence) }
                lines.append("\(name): " + Self.heterogeneitySentence(subgroup))
            case .notEstimable(let part):
                lines.append(
                    "\(part.group?.singleLine ?? "no group"): not estimable: \(part.reason.message.singleLine).")
            }
        }
        blocks.append(.list(lines))
        blocks.append(.paragraph("Test between the subgroups: " + Self.sentence(forTestOf: analysis) + "."))
        blocks.append(.paragraph("All studies together: " + Self.effectSentence(overall, reading, isShort: true)))
        appendDetails(of: overall, reading)
        let rest = analysis.allDiagnostics.filter { !overall.diagnostics.contains($0) }
        if let list = Self.diagnostics(rest) { blocks.append(list) }
    }

    private mutating func appendDetails(of pooled: PooledEffect, _ reading: EffectReading) {
        if let sentence = Self.truncatedSentence(pooled, reading) { blocks.append(.paragraph(sentence)) }
        if let sentence = Self.predictionSentence(pooled, reading) { blocks.append(.paragraph(sentence)) }
        blocks.append(.paragraph(Self.heterogeneitySentence(pooled)))
        for test in pooled.tests {
            blocks.append(.paragraph(Self.name(of: test) + " test: " + Self.sentence(for: test) + "."))
        }
        if let fit = pooled.fit, pooled.k > 1 { blocks.append(.paragraph(Self.sentence(for: fit))) }
        blocks.append(.paragraph(Self.methodSentence(pooled.settings, reading)))
        if !pooled.excluded.isEmpty {
            blocks.append(.paragraph("Left out:"))
            blocks.append(.list(pooled.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(pooled.diagnostics) { blocks.append(list) }
    }

    /// Returns a list of the diagnostics, without those of studies left out, which the list of exclusions contains.
    static func diagnostics(_ diagnostics: [Diagnostic]) -> Block? {
        let told = diagnostics.filter {
            $0.code != .studyExcluded && !($0.code == .totalRow && $0.severity == .warning)
        }
        return told.isEmpty ? nil : .list(told.map(\.sentence))
    }
}

// MARK: - Opening

extension Summary {
    static func opening(
        _ pooled: PooledEffect, _ reading: EffectReading, source: String?, choices: [String]
    ) -> [Block] {
        var blocks: [Block] = []
        let names = [source, pooled.outcome].compactMap { $0?.singleLine }.filter { !$0.isEmpty }
        if !names.isEmpty { blocks.append(.heading(names.joined(separator: ": "))) }
        var sentence = "\(pooled.settings.measure): \(reading.title) " + ofSource(pooled.k, of: pooled.studyCount)
        if reading.isBackTransformed { sentence += ", back-transformed from the \(pooled.scale.title) scale" }
        sentence += "."
        if !choices.isEmpty { sentence += " Chosen by default: " + choices.joined(separator: "; ") + "." }
        return blocks + [.paragraph(sentence)]
    }
}

// MARK: - Table

extension Summary {
    private struct Part {
        var section: String?
        var studies: [PooledStudy]
        /// Pooled effect; `nil` if the part cannot be pooled.
        var pooled: PooledEffect?

        init(_ pooled: PooledEffect, section: String? = nil) {
            self.section = section
            self.pooled = pooled
            studies = pooled.studies
        }

        /// Makes a part that cannot be pooled; its studies are shown as in the analysis of all studies.
        init(_ part: NotEstimablePart, of overall: PooledEffect) {
            section = part.group?.singleLine ?? "no group"
            studies = part.studies.map { study in
                overall.studies.first { $0.label == study.label && $0.row == study.row } ?? study
            }
        }
    }

    private static func table(_ parts: [Part], _ reading: EffectReading, overall: PooledEffect?) -> Table {
        let settings = overall?.settings ?? parts.first?.pooled?.settings
        var rows: [Table.Row] = []
        for part in parts {
            if let section = part.section { rows.append(Table.Row([section, "", "", ""], role: .section)) }
            for study in part.studies {
                rows.append(
                    Table.Row(
                        [
                            study.label.singleLine, reading.text(study.estimate),
                            reading.text(study.confidenceInterval), percent(study.weight),
                        ],
                        mark: .init(estimate: study.estimate, interval: study.confidenceInterval, symbol: .study)))
            }
            guard let pooled = part.pooled else {
                rows.append(Table.Row(["Subtotal", "", "not estimable", ""], role: .total))
                continue
            }
            rows += totals(pooled, reading, named: part.section == nil ? pooled.settings.model.title : "Subtotal")
        }
        if let overall {
            rows += totals(
                overall, reading, named: "All: " + overall.settings.model.title.lowercasingFirst, role: .grandTotal)
        }
        let measure = settings?.measure ?? ""
        return Table(
            columns: [
                .init("Study", .leading, .cut), .init(reading.header),
                .init("\(percentLevel(settings?.level ?? 0.95)) interval"), .init("Weight"),
            ],
            rows: rows,
            sketch: ForestSketch(marks: rows.compactMap(\.mark), reference: reading.reference(measure: measure)) {
                reading.axisLabel($0)
            })
    }

    private static func totals(
        _ pooled: PooledEffect, _ reading: EffectReading, named name: String, role: Table.Row.Role = .total
    ) -> [Table.Row] {
        let back = reading.isBackTransformed ? pooled.backTransformed : nil
        let interval = back.map { reading.read($0.confidenceInterval) } ?? reading.text(pooled.confidenceInterval)
        var rows = [
            Table.Row(
                [name, back.map { reading.read($0.estimate) } ?? reading.text(pooled.estimate), interval, ""],
                mark: .init(estimate: pooled.estimate, interval: pooled.confidenceInterval, symbol: .pooled), role: role
            )
        ]
        if let prediction = pooled.predictionInterval {
            let interval = back?.predictionInterval.map { reading.read($0) } ?? reading.text(prediction)
            rows.append(
                Table.Row(
                    ["Prediction", "", interval, ""],
                    mark: .init(estimate: nil, interval: prediction, symbol: .prediction), role: role))
        }
        return rows
    }
}

extension ModelIdentity {
    /// The model in words.
    package var title: String {
        switch self {
        case .common: "Common effect"
        case .random: "Random effects"
        case .mantelHaenszel: "Mantel–Haenszel"
        case .peto: "Peto"
        case .hypergeometric: "Noncentral hypergeometric"
        }
    }
}

extension EffectReading {
    /// Returns the decimals needed for the narrowest of the intervals.
    package func decimals(for results: [PooledEffect]) -> Int {
        decimals(for: results.map(\.confidenceInterval))
    }
}

// MARK: - Sentences

extension Summary {
    static func effectSentence(
        _ pooled: PooledEffect, _ reading: EffectReading, isShort: Bool = false
    ) -> String {
        let level = percentLevel(pooled.settings.level)
        var text: String
        if let back = pooled.backTransformed, pooled.scale != .identity {
            var wide = reading.takenBack
            if !reading.isBackTransformed { wide.decimals = EffectReading.decimals(read: [back.confidenceInterval]) }
            text =
                "\(isShort ? wide.header : "Pooled \(wide.name)") \(wide.read(back.estimate))"
                + " (\(level) interval \(wide.read(back.confidenceInterval)))"
            if !isShort {
                text +=
                    "; on the \(pooled.scale.title) scale \(NumberFormat.significant(pooled.estimate, digits: 4))"
                    + ", standard error \(NumberFormat.significant(pooled.standardError, digits: 3))"
            }
        } else {
            text =
                "\(isShort ? reading.header : "Pooled \(reading.name)") \(reading.text(pooled.estimate))"
                + " (\(level) interval \(reading.text(pooled.confidenceInterval)))"
            if !isShort { text += ", standard error \(NumberFormat.significant(pooled.standardError, digits: 3))" }
        }
        // "No effect" is not a hypothesis about the mean or the proportion of one group.
        guard let statistic = pooled.statistic, let pValue = pooled.pValue,
            reading.reference(measure: pooled.settings.measure) != nil
        else { return text + "." }
        let letter = pooled.degreesOfFreedom == nil ? "z" : "t"
        text += "; \(letter) = \(NumberFormat.readable(statistic, decimals: 2))"
        if let freedom = pooled.degreesOfFreedom { text += " with \(degrees(freedom))" }
        return text + ", p \(NumberFormat.pValue(pValue))."
    }

    private static func predictionSentence(_ pooled: PooledEffect, _ reading: EffectReading) -> String? {
        guard let prediction = pooled.predictionInterval, prediction.lower < prediction.upper else { return nil }
        let interval = text(prediction, pooled.backTransformed?.predictionInterval, pooled, reading)
        guard pooled.heterogeneity.tauSquared > 0 else {
            return
                "Prediction interval (\(percentLevel(pooled.settings.level))): \(interval). With τ² = 0 it shows how uncertain"
                + " the mean is, not how far effects of new studies may lie from it."
        }
        return "The effect of a new study is expected within \(interval)"
            + " (\(percentLevel(pooled.settings.level)) prediction interval)."
    }

    /// Returns a sentence with the truncated interval, if the Hartung–Knapp interval is narrower than that of a common effect.
    package static func truncatedSentence(_ pooled: PooledEffect, _ reading: EffectReading) -> String? {
        guard let interval = pooled.truncatedInterval else { return nil }
        let text = text(interval, pooled.backTransformed?.truncatedInterval, pooled, reading)
        return
            "Truncated Hartung–Knapp interval (--interval hartung-knapp-truncated): \(text), as the Hartung–Knapp interval "
            + (pooled.confidenceInterval.isUnbounded
                ? "is not estimable." : "is narrower than that of a common effect.")
    }

    /// - Parameter back: interval back-transformed by means of the sample sizes.
    private static func text(
        _ interval: ConfidenceInterval, _ back: ConfidenceInterval?, _ pooled: PooledEffect, _ reading: EffectReading
    ) -> String {
        if let back, pooled.scale != .identity { reading.read(back) } else { reading.text(interval) }
    }

    static func heterogeneitySentence(_ pooled: PooledEffect) -> String {
        let found = pooled.heterogeneity
        guard found.degreesOfFreedom > 0 else {
            return "Heterogeneity: not estimable" + (pooled.k == 1 ? " from one study." : ".")
        }
        return sentence(for: found, isRandom: pooled.settings.model == .random)
    }

    /// - Parameter isRandom: whether τ² is part of the model.
    static func sentence(for found: Heterogeneity, isRandom: Bool) -> String {
        var parts: [String] = []
        if isRandom {
            var text = "τ² = \(NumberFormat.significant(found.tauSquared, digits: 3))"
            if let interval = found.tauSquaredInterval {
                text +=
                    " (\(NumberFormat.significant(interval.lower, digits: 3)) to "
                    + "\(NumberFormat.significant(interval.upper, digits: 3)))"
            }
            parts.append(text)
            parts.append("τ = \(NumberFormat.significant(found.tauSquared.squareRoot(), digits: 3))")
        }
        if let share = found.iSquared {
            var text = "I² = \(percent(share))"
            if let interval = found.iSquaredInterval {
                text += " (\(percent(interval.lower)) to \(percent(interval.upper)))"
            }
            parts.append(text)
        }
        if let ratio = found.hSquared { parts.append("H² = \(NumberFormat.readable(ratio, decimals: 2))") }
        let q =
            "Q = \(NumberFormat.readable(found.cochranQ, decimals: 2)) with \(degrees(found.degreesOfFreedom))"
            + (found.pValue.map { ", p \(NumberFormat.pValue($0))" } ?? "")
        return "Heterogeneity: " + (parts + [q]).joined(separator: "; ") + "."
    }

    static func methodSentence(_ settings: PoolingSettings, _ reading: EffectReading) -> String {
        var parts = [settings.model.title + " model"]
        if settings.model == .random {
            parts.append(settings.estimator.map(estimatorPhrase) ?? "τ² as given")
        }
        parts.append(settings.interval.title)
        switch settings.weighting {
        case .inverseVariance, nil: break
        case .inverseStandardError: parts.append("weights by the inverse standard error")
        case .equal: parts.append("equal weights")
        }
        if settings.model == .random {
            if let method = settings.tauSquaredInterval { parts.append("interval of τ² by \(method.title)") }
            if let method = settings.predictionInterval, method != .matched {
                parts.append("prediction interval \(method.rawValue)")
            }
        }
        parts += phrases(settings.effects)
        return "Method: " + parts.joined(separator: "; ") + "."
    }

    static func phrases(_ effects: EffectSettings?) -> [String] {
        guard let effects else { return [] }
        return (effects.variance.map { ["sampling variance \($0.rawValue)"] } ?? [])
            + (effects.biasCorrected ? [] : ["without bias correction"])
            + (effects.usesOriginalCorrection ? ["bias correction as first published"] : [])
    }

    static func estimatorPhrase(_ estimator: HeterogeneityEstimator) -> String {
        "τ² by \(estimator.title) (\(estimator.rawValue))"
    }

    static func sentence(for fit: FitStatistics) -> String {
        func number(_ value: Double) -> String { NumberFormat.readable(value, decimals: 2) }
        var text =
            "Fit: \(fit.isRestricted ? "restricted log-likelihood" : "log-likelihood") \(number(fit.logLikelihood))"
            + "; AIC \(number(fit.aic)); AICc \(number(fit.aicc))"
        if let bic = fit.bic { text += "; BIC \(number(bic))" }
        return text + "."
    }

    private static func name(of test: HypothesisTest) -> String {
        test.name.split(separator: "-").map { String($0).capitalizingFirst }.joined(separator: "–")
    }

    /// Returns a test as text: "χ² = 1.77 with 2 degrees of freedom, p = 0.413".
    package static func sentence(for test: HypothesisTest) -> String {
        guard let pValue = test.pValue, let statistic = test.statistic else { return "not estimable" }
        let number = NumberFormat.readable(statistic, decimals: 2)
        let place: String
        switch (test.degreesOfFreedom, test.denominatorDegreesOfFreedom) {
        case (let freedom?, let denominator?):
            place = "F = \(number) with \(NumberFormat.count(freedom)) and \(degrees(denominator))"
        case (let freedom?, nil): place = "χ² = \(number) with \(degrees(freedom))"
        default: place = "z = \(number)"
        }
        return place + ", p \(NumberFormat.pValue(pValue))"
    }

    /// Returns a sentence with the test between subgroups and the between-study variance that it uses.
    package static func sentence(forTestOf analysis: SubgroupAnalysis) -> String {
        let sentence = sentence(for: analysis.betweenGroups)
        guard analysis.betweenGroups.pValue != nil else { return sentence }
        return switch (analysis.testHeterogeneity, analysis.testTauSquared) {
        case (.common, let tauSquared?):
            sentence
                + "; one between-study variance for all subgroups, τ² = \(NumberFormat.significant(tauSquared, digits: 3))"
        case (.separate, _): sentence + "; a between-study variance for each subgroup"
        default: sentence
        }
    }

    static func percentLevel(_ level: Double) -> String { NumberFormat.percent(level: level) }

    static func percent(_ value: Double) -> String { NumberFormat.fixed(value, decimals: 1) + "%" }

    static func degrees(_ value: Double) -> String {
        "\(value == value.rounded() ? NumberFormat.count(value) : NumberFormat.fixed(value, decimals: 1))"
            + (value == 1 ? " degree of freedom" : " degrees of freedom")
    }

    static func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }

    /// Returns "of 13 studies", or "from 5 effects of 3 studies" if some studies have several effects.
    static func ofSource(_ effects: Int, of studies: Int) -> String {
        (effects == studies ? "of " : "from ") + counted(effects, of: studies)
    }

    /// Returns "13 studies", or "5 effects of 3 studies" if some studies have several effects.
    package static func counted(_ effects: Int, of studies: Int) -> String {
        let studyText = counted(studies, "study", "studies")
        return effects == studies ? studyText : counted(effects, "effect", "effects") + " of " + studyText
    }
}

extension SubgroupAnalysis {
    /// Diagnostics of the subgroups, each with the name of its subgroup, and those of the whole analysis.
    package var allDiagnostics: [Diagnostic] {
        parts.flatMap { part -> [Diagnostic] in
            let (group, found) =
                switch part {
                case .found(let pooled): (pooled.group, pooled.diagnostics)
                case .notEstimable(let part): (part.group, part.diagnostics)
                }
            return found.map { diagnostic in
                var named = diagnostic
                if let group { named.message = "\(group): \(diagnostic.message)" }
                return named
            }
        } + diagnostics
    }
}

extension IntervalMethod {
    var title: String {
        switch self {
        case .wald: "Wald interval (normal distribution)"
        case .t: "interval by the t distribution"
        case .hartungKnapp: "Hartung–Knapp interval"
        case .hartungKnappTruncated: "Hartung–Knapp interval, not narrower than the t interval"
        }
    }
}

extension TauSquaredIntervalMethod {
    var title: String {
        switch self {
        case .qProfile: "Q-profile"
        case .generalizedQ: "generalized Q"
        case .profileLikelihood: "profile likelihood"
        case .testBased: "test of H²"
        }
    }
}

extension EffectScale {
    var title: String { rawValue.split(separator: "-").joined(separator: " ") }
}

extension ExcludedStudy {
    var sentence: String { label.singleLine + (row.map { " (line \($0))" } ?? "") + ": " + reason.singleLine }
}

extension Diagnostic {
    /// The severity followed by `account`: "Warning: …" or "Note: …".
    package var sentence: String { severity.rawValue.capitalizingFirst + ": " + account }

    /// The message on one line, with the labels of the studies concerned (the first five if there are more).
    package var account: String {
        let named = studies.prefix(5).map(\.singleLine).joined(separator: ", ")
        let rest = studies.count > 5 ? " and \(studies.count - 5) more" : ""
        return message.singleLine + (studies.isEmpty ? "" : " (\(named)\(rest))")
    }
}

extension String {
    var capitalizingFirst: String { prefix(1).uppercased() + dropFirst() }
    var lowercasingFirst: String { prefix(1).lowercased() + dropFirst() }
}
