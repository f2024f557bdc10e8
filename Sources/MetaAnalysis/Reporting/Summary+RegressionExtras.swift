extension Summary {
    /// Summarizes the coefficients of a regression with a cluster-robust covariance.
    ///
    /// - Parameter level: confidence level of the intervals, in (0, 1).
    public init(_ fit: ClusterRobustFit, level: Double) {
        self.init()
        let correction =
            switch fit.correction {
            case .none: "without a correction"
            case .degreesOfFreedom: "corrected for the number of coefficients"
            case .biasReduced: "bias-reduced, with Satterthwaite's degrees of freedom"
            }
        blocks.append(
            .paragraph(
                "Robust to dependence within " + Self.counted(fit.clusters, "cluster", "clusters")
                    + " (\(fit.correction.rawValue), \(correction)):"))
        blocks.append(
            .table(
                Table(
                    columns: [
                        .init("Term", .leading, .cut), .init("Estimate"), .init("Standard error"), .init("t"),
                        .init("df"),
                        .init("p"), .init("\(Self.percentLevel(level)) interval"),
                    ],
                    rows: fit.coefficients.map { one in
                        Table.Row([
                            one.term.singleLine, NumberFormat.significant(one.estimate, digits: 4),
                            NumberFormat.significant(one.standardError, digits: 3), Self.decimals(one.statistic, 2),
                            Self.decimals(one.degreesOfFreedom, 1), one.pValue.map { NumberFormat.pValue($0) } ?? "",
                            one.pValue == nil ? "" : Self.interval(one.confidenceInterval),
                        ])
                    })))
        blocks.append(.list(["Test of moderators: " + Self.sentence(for: fit.omnibusTest) + "."]))
        if let list = Self.diagnostics(fit.diagnostics) { blocks.append(list) }
    }

    /// Summarizes p-values of a regression from permutations of the moderators among the studies.
    public init(_ result: PermutationTestResult) {
        self.init()
        blocks.append(
            .paragraph(
                result.isExact
                    ? "Permutation test with all \(result.permutations) arrangements:"
                    : "Permutation test with \(result.permutations) arrangements drawn with the seed \(result.seed ?? 0):"
            ))
        blocks.append(
            .table(
                Table(
                    columns: [.init("Term", .leading, .cut), .init("Statistic"), .init("p")],
                    rows: result.coefficients.map { one in
                        Table.Row([
                            one.term.singleLine, Self.decimals(one.statistic, 2),
                            one.pValue.map { NumberFormat.pValue($0) } ?? "",
                        ])
                    })))
        blocks.append(
            .list(["Test of moderators by permutation: " + Self.sentence(ofPermuted: result.omnibusTest) + "."]))
    }

    private static func sentence(ofPermuted test: HypothesisTest) -> String {
        guard let statistic = test.statistic, let pValue = test.pValue else { return "not estimable" }
        return "statistic \(NumberFormat.readable(statistic, decimals: 2)), p \(NumberFormat.pValue(pValue))"
    }

    /// Summarizes a location-scale model: a regression whose between-study variance depends on moderators.
    ///
    /// - Parameter level: confidence level of the intervals, in (0, 1).
    public init(_ fit: LocationScaleFit, level: Double) {
        self.init()
        let letter = fit.coefficients.first?.degreesOfFreedom == nil ? "z" : "t"
        blocks.append(
            .paragraph(
                "Location–scale model: log τ² depends on moderators too, by "
                    + (fit.fit.isRestricted ? "restricted maximum likelihood:" : "maximum likelihood:")))
        let columns: [Table.Column] = [
            .init("Term", .leading, .cut), .init("Estimate"), .init("Standard error"), .init(letter), .init("p"),
            .init("\(Self.percentLevel(level)) interval"),
        ]
        let effects = fit.coefficients.map { one in
            Table.Row([
                one.term.singleLine, NumberFormat.significant(one.estimate, digits: 4),
                NumberFormat.significant(one.standardError, digits: 3), Self.decimals(one.statistic, 2),
                one.pValue.map { NumberFormat.pValue($0) } ?? "", Self.interval(one.confidenceInterval),
            ])
        }
        let scales = fit.scaleCoefficients.map { one in
            Table.Row([
                one.term.singleLine, NumberFormat.significant(one.estimate, digits: 4),
                one.standardError.map { NumberFormat.significant($0, digits: 3) } ?? "",
                Self.decimals(one.statistic, 2),
                one.pValue.map { NumberFormat.pValue($0) } ?? "", one.confidenceInterval.map(Self.interval) ?? "",
            ])
        }
        func section(_ title: String) -> Table.Row {
            Table.Row([title] + Array(repeating: "", count: columns.count - 1), role: .section)
        }
        blocks.append(
            .table(Table(columns: columns, rows: [section("effect")] + effects + [section("log τ²")] + scales)))
        var lines = ["Test of moderators: " + Self.sentence(for: fit.omnibusTest) + "."]
        if let degrees = fit.scaleTest.degreesOfFreedom, degrees > 0, fit.scaleCoefficients.count > 1 {
            lines.append("Test of the scale: " + Self.sentence(for: fit.scaleTest) + ".")
            lines.append("Against one τ²: " + Self.sentence(for: fit.likelihoodRatio) + " by the likelihood ratio.")
        }
        blocks.append(.list(lines))
        blocks.append(.paragraph(Self.sentence(for: fit.fit)))
        if let list = Self.diagnostics(fit.diagnostics) { blocks.append(list) }
    }

    private static func decimals(_ value: Double?, _ count: Int) -> String {
        value.map { NumberFormat.readable($0, decimals: count) } ?? ""
    }

    private static func interval(_ interval: ConfidenceInterval) -> String {
        "\(NumberFormat.significant(interval.lower, digits: 4)) to \(NumberFormat.significant(interval.upper, digits: 4))"
    }
}
