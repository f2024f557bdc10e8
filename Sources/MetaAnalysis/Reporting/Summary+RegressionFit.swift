extension Summary {
    /// Summarizes a meta-regression: its coefficients, explained and residual heterogeneity, and predicted effects.
    ///
    /// - Parameters:
    ///   - fit: fitted regression.
    ///   - predictions: predicted effects, each with the name of its point.
    ///   - tests: joint tests of several terms.
    ///   - comparison: comparison with a reduced model.
    ///   - influence: influence of each study on the regression.
    ///   - source: first part of the heading, before the outcome, such as the name of the file.
    ///   - choices: choices made by default, as clauses.
    public init(
        _ fit: RegressionFit, predictions: [(name: String, prediction: RegressionPrediction)] = [],
        tests: [HypothesisTest] = [], comparison: ModelComparison? = nil, influence: RegressionInfluence? = nil,
        source: String? = nil, choices: [String] = []
    ) {
        self.init()
        let names = [source, fit.outcome].compactMap { $0?.singleLine }.filter { !$0.isEmpty }
        if !names.isEmpty { blocks.append(.heading(names.joined(separator: ": "))) }
        let reading = EffectReading(measure: fit.settings.measure, scale: fit.scale)
        var opening =
            "\(fit.settings.measure): regression of " + Self.counted(fit.k, of: fit.studyCount)
            + (fit.scale == .identity ? "" : " on the \(fit.scale.title) scale") + "."
        if !choices.isEmpty { opening += " Chosen by default: " + choices.joined(separator: "; ") + "." }
        blocks.append(.paragraph(opening))
        blocks.append(.table(Self.coefficientTable(fit)))
        if let sentence = Self.truncatedSentence(fit) { blocks.append(.paragraph(sentence)) }
        var lines = ["Test of moderators: " + Self.sentence(for: fit.omnibusTest) + "."]
        lines += tests.map { "Test of \($0.name.singleLine): " + Self.sentence(for: $0) + "." }
        if let comparison { lines.append(Self.sentence(for: comparison)) }
        blocks.append(.list(lines))
        blocks.append(
            .paragraph(
                (fit.heterogeneity.degreesOfFreedom > 0
                    ? Self.sentence(for: fit.heterogeneity, isRandom: fit.settings.model == .random)
                    : "Heterogeneity: not estimable.")
                    + (fit.explainedHeterogeneity.map {
                        " The moderators account for \(Self.percent($0))"
                            + (fit.settings.model == .random ? " of τ²." : " of the variance (adjusted R²).")
                    } ?? "")))
        if !predictions.isEmpty { blocks.append(.table(Self.predictionTable(predictions, fit, reading))) }
        if let influence { blocks.append(.table(Self.influenceTable(influence))) }
        blocks.append(.paragraph(Self.sentence(for: fit.fit)))
        blocks.append(.paragraph(Self.methodSentence(fit.settings)))
        if !fit.excluded.isEmpty {
            blocks.append(.paragraph("Left out:"))
            blocks.append(.list(fit.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(
            fit.diagnostics + (influence?.diagnostics.filter { !fit.diagnostics.contains($0) } ?? []))
        {
            blocks.append(list)
        }
    }

    private static func coefficientTable(_ fit: RegressionFit) -> Table {
        let letter = fit.degreesOfFreedom == nil ? "z" : "t"
        return Table(
            columns: [
                .init("Term", .leading, .cut), .init("Estimate"), .init("Standard error"), .init(letter), .init("p"),
                .init("\(percentLevel(fit.settings.level)) interval"),
            ],
            rows: fit.coefficients.map { one in
                Table.Row([
                    one.term.singleLine, NumberFormat.significant(one.estimate, digits: 4),
                    NumberFormat.significant(one.standardError, digits: 3),
                    one.statistic.map { NumberFormat.readable($0, decimals: 2) } ?? "",
                    one.pValue.map { NumberFormat.pValue($0) } ?? "",
                    "\(NumberFormat.significant(one.confidenceInterval.lower, digits: 4)) to "
                        + NumberFormat.significant(one.confidenceInterval.upper, digits: 4),
                ])
            })
    }

    /// Returns a sentence with the truncated intervals, if Hartung–Knapp intervals are narrower than those of a common effect.
    private static func truncatedSentence(_ fit: RegressionFit) -> String? {
        let narrowed = fit.coefficients.compactMap { one in one.truncatedInterval.map { (one.term.singleLine, $0) } }
        guard !narrowed.isEmpty else { return nil }
        let intervals = narrowed.map { term, interval in
            "\(term) \(NumberFormat.significant(interval.lower, digits: 4)) to "
                + NumberFormat.significant(interval.upper, digits: 4)
        }
        return
            "Truncated Hartung–Knapp intervals (--interval hartung-knapp-truncated): \(intervals.joined(separator: "; "))"
            + ", as those of Hartung and Knapp are narrower than under a common effect."
    }

    private static func predictionTable(
        _ predictions: [(name: String, prediction: RegressionPrediction)], _ fit: RegressionFit,
        _ reading: EffectReading
    ) -> Table {
        var reading = reading
        reading.decimals = reading.decimals(for: predictions.map(\.prediction.confidenceInterval))
        return Table(
            columns: [
                .init("At", .leading, .wrap), .init(reading.header),
                .init("\(percentLevel(fit.settings.level)) interval"),
                .init("Prediction interval"),
            ],
            rows: predictions.map { name, prediction in
                Table.Row([
                    name.singleLine, reading.text(prediction.estimate), reading.text(prediction.confidenceInterval),
                    reading.text(prediction.predictionInterval),
                ])
            })
    }

    private static func influenceTable(_ influence: RegressionInfluence) -> Table {
        func text(_ value: Double?, _ digits: Int) -> String {
            value.map { NumberFormat.significant($0, digits: digits) } ?? ""
        }
        return Table(
            columns: [
                .init("Without", .leading, .cut), .init("Studentized residual"), .init("Cook's distance"), .init("τ²"),
                .init("Q"),
            ],
            rows: influence.studies.map { study in
                Table.Row([
                    study.label.singleLine,
                    study.studentizedResidual.map { NumberFormat.readable($0, decimals: 2) } ?? "",
                    text(study.cooksDistance, 3), text(study.tauSquaredDeleted, 3), text(study.qDeleted, 4),
                ])
            })
    }

    private static func sentence(for comparison: ModelComparison) -> String {
        "Without \(comparison.terms.joined(separator: ", ").singleLine): " + sentence(for: comparison.likelihoodRatio)
            + " by the likelihood ratio" + (comparison.isRefitted ? ", both models fitted by ML." : ".")
    }

    private static func methodSentence(_ settings: RegressionSettings) -> String {
        var parts = [settings.model == .random ? "Mixed-effects regression" : "Common-effect regression"]
        if settings.model == .random {
            parts.append(
                settings.estimator.map(estimatorPhrase)
                    ?? (settings.knownTauSquared == nil ? "τ² not estimable" : "τ² as given"))
        }
        parts.append(settings.interval.title)
        if let method = settings.tauSquaredInterval { parts.append("interval of τ² by \(method.title)") }
        return "Method: " + (parts + phrases(settings.effects)).joined(separator: "; ") + "."
    }
}
