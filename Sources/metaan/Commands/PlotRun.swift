import MetaAnalysis
import MetaAnalysisPlots

extension PlotCommand {
    /// Returns the figure of one outcome.
    func draw(_ sizes: EffectSizes, _ data: StudyData, _ reading: Reading) async throws -> PartResult<DrawnFigure> {
        let pooling = model.pooling(level: level.level, uncorrected: effects.uncorrected)
        let part = try reading.part(data, sizes) {
            var pooled = try pooling.fit(sizes)
            pooled.outcome = data.outcome
            return PlotRun(command: self, sizes: sizes, data: data, reading: reading, pooling: pooling, pooled: pooled)
        }
        switch part {
        case .notEstimable(let part): return .notEstimable(part)
        case .found(var run):
            guard kind == .gosh else { return try reading.part(data, sizes) { try run.draw() } }
            var selection = SubsetSelection()
            if let seed = plot.seed { selection.seed = seed }
            let subsets = try await pooling.model.subsets(sizes, selection, threads: 2)
            run.note(subsets.diagnostics)
            let plot = GoshPlot(subsets, of: run.pooled)
            return .found(run.drawn(plot))
        }
    }

    /// Returns the figure of an outcome that cannot be pooled, if the figure shows studies; `nil` for other kinds.
    func draw(_ part: NotEstimablePart, _ data: StudyData) -> DrawnFigure? {
        guard kind == .forest else { return nil }
        var plot = ForestPlot(part, data: data.studies, level: level.level)
        plot.favours = self.plot.favoursPair
        return DrawnFigure(plot, figure.theme, outcome: part.outcome, diagnostics: part.diagnostics)
    }
}

/// The data for a figure of one outcome.
private struct PlotRun {
    let command: PlotCommand
    let sizes: EffectSizes
    let data: StudyData
    let reading: Reading
    let pooling: Pooling
    let pooled: PooledEffect
    private var diagnostics: [Diagnostic]

    init(
        command: PlotCommand, sizes: EffectSizes, data: StudyData, reading: Reading, pooling: Pooling,
        pooled: PooledEffect
    ) {
        self.command = command
        self.sizes = sizes
        self.data = data
        self.reading = reading
        self.pooling = pooling
        self.pooled = pooled
        diagnostics = pooled.diagnostics
    }

    private var options: PlotOptions { command.plot }
    private var theme: Theme { command.figure.theme }

    mutating func note(_ more: [Diagnostic]) {
        for diagnostic in more where !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }

    func drawn(_ plot: some Plot) -> DrawnFigure {
        DrawnFigure(plot, theme, outcome: data.outcome, diagnostics: diagnostics)
    }

    private func drawn(_ plot: ForestPlot) -> DrawnFigure {
        var plot = plot
        plot.favours = options.favoursPair
        return DrawnFigure(plot, theme, outcome: data.outcome, diagnostics: diagnostics)
    }

    mutating func draw() throws -> DrawnFigure {
        let model = pooling.model
        switch command.kind {
        case .forest:
            let parts = try options.subgroup.map { _ in try pooling.subgroups(sizes, options.subgroupTauSquared) }
            let others = options.alsoCommon ? [try CommonEffect(level: pooled.settings.level).fit(sizes)] : []
            let order = try forestOrder()
            note(parts?.allDiagnostics ?? [])
            return drawn(ForestPlot(pooled, data: data.studies, subgroups: parts, others: others, order: order))
        case .cumulative:
            let order = try StudyValues(options.orderBy ?? "input", data, reading)
            let found = try model.cumulative(sizes, orderedBy: order.values(of: sizes), options.order ?? .ascending)
            note(found.diagnostics)
            return drawn(ForestPlot(found, of: pooled, orderedBy: options.orderBy))
        case .leaveOneOut:
            let found = try model.leaveOneOut(sizes)
            note(found.diagnostics)
            return drawn(ForestPlot(found, of: pooled))
        case .funnel:
            let filled = try options.trimAndFill.map { try pooling.filled(sizes, $0) }
            let test = try options.egger ? pooling.egger(sizes, interval: command.model.interval ?? .wald) : nil
            note((filled?.pooled.diagnostics ?? []) + (test?.diagnostics ?? []))
            var plot = FunnelPlot(pooled, filled: filled, egger: test)
            plot.hasContours = options.contours
            if options.contours, plot.reference == nil {
                throw CommandFailure(
                    .usage,
                    "\(reading.file): --contours needs a value that means no effect, and \(pooled.settings.measure) has none;"
                        + " leave it out, or take a measure that compares two groups")
            }
            return drawn(plot)
        case .baujat:
            let found = try model.baujat(sizes)
            note(found.diagnostics)
            return drawn(BaujatPlot(found, of: pooled))
        case .radial:
            return drawn(RadialPlot(pooled))
        case .labbe:
            guard let plot = LabbePlot(pooled, data: data.studies) else {
                let found =
                    data.studies.kind == .twoByTwo ? "effects as some studies report them" : data.studies.kind.title
                throw CommandFailure(
                    .dataWrong,
                    "\(reading.file): an L'Abbé plot shows events of two groups, not \(found); take another plot")
            }
            return drawn(plot)
        case .drapery:
            return drawn(DraperyPlot(pooled))
        case .quantiles, .influence:
            let found = try model.influence(sizes)
            note(found.diagnostics)
            if command.kind == .influence {
                return drawn(InfluencePlot(found, of: pooled))
            }
            return drawn(QuantilePlot(found, of: pooled))
        case .bubble: return try bubble()
        case .gosh, .network, .networkForest, .splitForest, .comparisonFunnel, .rankogram, .sucra, .league, .netHeat:
            preconditionFailure("drawn elsewhere")
        }
    }

    /// Returns the positions of the studies from top to bottom; `nil` for the order of the file.
    private mutating func forestOrder() throws -> [Int]? {
        guard options.orderBy != nil || options.order != nil else { return nil }
        let column = options.orderBy ?? "input"
        let isWeight = column.lowercased() == "weight" && reading.table.column(named: column) == nil
        let order = try StudyValues(isWeight ? "input" : column, data, reading)
        let values = isWeight ? pooled.studies.map { "\($0.weight)" } : order.values(of: pooled.studies)
        let sorting = StudySorting(values, count: pooled.studies.count, options.order ?? .ascending)
        note(sorting.diagnostics(pooled.studies.map(\.label)))
        return sorting.positions
    }

    private mutating func bubble() throws -> DrawnFigure {
        let name = options.moderator ?? ""
        let term = ModelTerm.number(name)
        let values: Moderators
        do { values = try Moderators(reading.table, for: [term], of: sizes) } catch var error as MetaAnalysisError {
            if error.code == .malformedTable { error.remedy = "name a column of numbers, or correct the value" }
            throw error
        }
        var estimation = EstimationSettings(
            heterogeneity: .common, interval: pooled.settings.interval, level: pooled.settings.level)
        if case .random(let model) = pooling { estimation = model.estimation }
        let regression = MetaRegression(terms: [term], estimation)
        var fit = try regression.fit(sizes, moderators: values)
        fit.outcome = data.outcome
        note(fit.diagnostics)
        // Studies without a value are not in the fit.
        guard case .numbers(let numbers)? = values[name] else {
            throw CommandFailure(
                .dataWrong, "\(reading.file): the column \"\(name)\" does not hold numbers; name another --moderator")
        }
        let plot = try BubblePlot(fit, against: name, values: numbers.compactMap { $0 })
        return drawn(plot)
    }
}

extension Pooling {
    /// Performs Egger's test as the command `bias` does.
    fileprivate func egger(_ effects: EffectSizes, interval: IntervalMethod) throws -> SmallStudyTest {
        switch self {
        case .random(let model):
            try SmallStudyMethod.egger.test(
                effects, heterogeneity: model.heterogeneity, interval: interval, level: model.level)
        case .common(let model):
            try SmallStudyMethod.egger.test(effects, heterogeneity: .common, interval: interval, level: model.level)
        case .other: throw Self.poolsCounts
        }
    }

    fileprivate func filled(_ effects: EffectSizes, _ estimator: MissingStudiesEstimator) throws -> TrimAndFillFit {
        switch self {
        case .random(let model): try TrimAndFill(model, estimator: estimator).fit(effects)
        case .common(let model): try TrimAndFill(model, estimator: estimator).fit(effects)
        case .other: throw Self.poolsCounts
        }
    }
}
