import MetaAnalysis
import MetaAnalysisFixtures
import MetaAnalysisPlots
import Testing

@Suite struct ForestPlotTests {
    static let counts = [1, 2, 3, 13, 200]
    static let groups: [[String]] = [Labels.lengths, Labels.scripts, Labels.hostile, [Labels.hostile[0]]]

    @Test(arguments: counts)
    func anyNumberOfStudies(count: Int) throws {
        let pooled = try RandomEffects().fit(effects(studies(count)))
        for theme in Theme.allCases { expectSound(ForestPlot(pooled).figure(theme: theme), "\(count) studies") }
    }

    @Test(arguments: groups)
    func anyLabel(labels: [String]) throws {
        var sizes = effects(labels)
        for index in sizes.effects.indices { sizes.effects[index].group = labels[index % 2] }
        let pooled = try RandomEffects().fit(sizes)
        let parts = try RandomEffects().subgroups(sizes)
        for theme in Theme.allCases {
            expectSound(ForestPlot(pooled).figure(theme: theme), "labels")
            var plot = ForestPlot(pooled, subgroups: parts, others: [try CommonEffect().fit(sizes)])
            plot.heading = labels[0]
            plot.favours = (labels[0] + " and more words", labels[labels.count - 1] + " and more words, many")
            expectSound(plot.figure(theme: theme), "labels with subgroups")
        }
    }

    @Test func squaresStandOnTheAxis() throws {
        let pooled = try RandomEffects().fit(effects(studies(13)))
        let figure = ForestPlot(pooled).figure()
        let squares = squares(figure)
        #expect(squares.count == 13)
        // Two squares give the scale, on which all the others and the tip of the diamond lie.
        let estimates = try pooled.studies.map { try #require($0.estimate) }
        let slope = (squares[0].center.x - squares[1].center.x) / (estimates[0] - estimates[1])
        func x(_ value: Double) -> Double { squares[0].center.x + (value - estimates[0]) * slope }
        for (square, estimate) in zip(squares, estimates) { #expect(abs(square.center.x - x(estimate)) < 1e-6) }
        let diamond = try #require(diamonds(figure).first)
        #expect(abs(diamond[0].x - x(pooled.confidenceInterval.lower)) < 1e-6)
        #expect(abs(diamond[1].x - x(pooled.estimate)) < 1e-6)
        #expect(abs(diamond[2].x - x(pooled.confidenceInterval.upper)) < 1e-6)
        // Areas are in proportion to weights where they are not too small to be seen.
        let greatest = pooled.studies.map(\.weight).max() ?? 1
        for (square, study) in zip(squares, pooled.studies) {
            let side = max(3, 13 * (study.weight / greatest).squareRoot())
            #expect(abs(square.width - side) < 1e-9)
        }
        // One pitch from row to row.
        for (first, second) in zip(squares, squares.dropFirst()) {
            #expect(abs(second.center.y - first.center.y - 20) < 1e-9)
        }
    }

    @Test func cutIntervalsEndInArrows() throws {
        var sizes = effects(studies(8), tau: 0.2)
        sizes.effects[3].variance = 400
        let pooled = try CommonEffect().fit(sizes)
        let figure = ForestPlot(pooled).figure()
        expectSound(figure, "cut interval")
        let heads = polygons(figure).filter { $0.count == 3 }
        #expect(heads.count == 2)
    }

    @Test func unboundedAndMissingNumbers() throws {
        var pooled = try RandomEffects().fit(effects(studies(4)))
        pooled.studies[0].confidenceInterval = ConfidenceInterval(lower: -.infinity, upper: .infinity)
        pooled.studies[1].estimate = nil
        pooled.studies[1].confidenceInterval = nil
        pooled.predictionInterval = ConfidenceInterval(lower: -.infinity, upper: .infinity)
        expectSound(ForestPlot(pooled).figure(), "unbounded")
        pooled.confidenceInterval = ConfidenceInterval(lower: -.infinity, upper: 2)
        pooled.studies[2].estimate = .infinity
        expectSound(ForestPlot(pooled).figure(), "unbounded pooled effect")
        pooled.studies = []
        pooled.k = 0
        pooled.estimate = .nan
        expectSound(ForestPlot(pooled).figure(), "no study")
    }

    @Test func noHeterogeneityAndEqualEffects() throws {
        var sizes = effects(studies(5), tau: 0)
        expectSound(ForestPlot(try RandomEffects().fit(sizes)).figure(), "tau 0")
        for index in sizes.effects.indices { sizes.effects[index].variance = 0.1 }
        expectSound(ForestPlot(try RandomEffects().fit(sizes)).figure(), "equal effects")
    }

    @Test func everyScale() throws {
        for (measure, scale) in [
            ("OR", EffectScale.log), ("MD", .identity), ("PLO", .logit), ("ZCOR", .fisherZ), ("PFT", .freemanTukey),
            ("IRS", .squareRoot), ("ABT", .logComplement), ("GEN", .identity),
        ] {
            var sizes = effects(studies(9), measure: measure, scale: scale)
            if scale == .squareRoot || scale == .freemanTukey {
                for index in sizes.effects.indices { sizes.effects[index].estimate += 1 }
            }
            expectSound(ForestPlot(try RandomEffects().fit(sizes)).figure(), measure)
        }
    }

    @Test func extremeNumbers() throws {
        for factor in [1e-12, 1e-3, 1e6, 1e150] {
            var sizes = effects(studies(6), measure: "MD", scale: .identity)
            for index in sizes.effects.indices {
                sizes.effects[index].estimate *= factor
                sizes.effects[index].variance *= factor * factor
            }
            expectSound(ForestPlot(try CommonEffect().fit(sizes)).figure(), "\(factor)")
        }
    }

    /// Proportions of a double arcsine: every study by its own size, the pooled effect as the result reads it.
    @Test func sampleSizesTakeEffectsBack() throws {
        let trials = (1...6).map { Study("Study \($0)", Proportion(events: Double($0), size: Double(8 * $0 + 20))) }
        let sizes = try EffectSizes(trials, measure: .freemanTukey)
        let model = RandomEffects()
        let pooled = try model.fit(sizes)
        let back = try #require(pooled.backTransformed)
        let plot = ForestPlot(pooled, data: sizes.source)
        let data = plot.data
        for (row, trial) in zip(data.rows, trials) {
            guard case .number(let read?) = row[7] else {
                Issue.record("no number")
                continue
            }
            #expect(abs(read - trial.outcome.events / trial.outcome.size) < 1e-12)
        }
        #expect(data.rows[6][7] == .number(back.estimate) && data.rows[6][8] == .number(back.confidenceInterval.lower))
        #expect(data.rows[7][8] == .number(back.predictionInterval?.lower))
        let diamond = try #require(diamonds(plot.figure()).first)
        let squares = squares(plot.figure())
        let slope =
            (squares[5].center.x - squares[0].center.x) / (6.0 / 68 - 1.0 / 28)
        #expect(abs(diamond[1].x - squares[0].center.x - (back.estimate - 1.0 / 28) * slope) < 1e-6)
        expectSoundInEveryTheme("double arcsine") { plot.figure(theme: $0) }
        // Without sizes everything stays as it was analysed, and a note tells what that means.
        let bare = ForestPlot(pooled)
        #expect(bare.data.rows[6][7] == .number(pooled.estimate))
        let decimals = EffectReading.decimals(read: [back.confidenceInterval])
        let text = NumberFormat.tabular(back.estimate, decimals: decimals)
        #expect(bare.notes.contains { $0.hasPrefix("Pooled proportion: \(text) (") })
        let omissions = ForestPlot(try model.leaveOneOut(sizes), of: pooled)
        #expect(omissions.data.rows[6][7] == .number(back.estimate))
        expectSound(omissions.figure(), "double arcsine without each")
    }

    @Test func ratiosBeyondAllNumbers() throws {
        for (estimate, error) in [(1e20, 1.0), (-1e20, 1), (0.2, 600), (0.2, 1e5), (46, 0.1), (600, 0.001)] {
            var sizes = effects(studies(4), measure: "HR")
            sizes.effects[1].estimate = estimate
            sizes.effects[1].variance = error * error
            let pooled = try CommonEffect().fit(sizes)
            expectSoundInEveryTheme("\(estimate) ± \(error)") { ForestPlot(pooled).figure(theme: $0) }
            expectSound(FunnelPlot(pooled).figure(), "funnel of \(estimate) ± \(error)")
            expectSound(DraperyPlot(pooled).figure(), "drapery of \(estimate) ± \(error)")
            expectSound(RadialPlot(pooled).figure(), "radial of \(estimate) ± \(error)")
        }
    }

    @Test func numbersAreThoseOfTheResult() throws {
        let pooled = try RandomEffects().fit(effects(studies(3)))
        let data = ForestPlot(pooled).data
        #expect(data.rows.count == 5)
        #expect(data.rows[0][3] == .number(pooled.studies[0].estimate))
        #expect(data.rows[3][3] == .number(pooled.estimate))
        #expect(data.rows[4][4] == .number(pooled.predictionInterval?.lower))
    }

    @Test func leaveOneOutAndCumulative() throws {
        let sizes = effects(studies(13))
        let model = RandomEffects()
        let pooled = try model.fit(sizes)
        expectSound(ForestPlot(try model.leaveOneOut(sizes), of: pooled).figure(), "leave-one-out")
        let years = (0..<13).map { Optional("\(1990 + $0)") }
        let cumulative = try model.cumulative(sizes, orderedBy: years)
        let plot = ForestPlot(cumulative, of: pooled, orderedBy: "year")
        expectSound(plot.figure(), "cumulative")
        #expect(plot.rows.count == 14)
        #expect(plot.columns.first?.title == "year")
        let one = effects(studies(1))
        expectSound(ForestPlot(try model.leaveOneOut(one), of: try model.fit(one)).figure(), "leave one of one")
    }

    @Test func reportedNumbersStandBesideTheirStudy() throws {
        let trials = [
            Study("A", TwoByTwoTable(events: 3, of: 20, versus: 5, of: 21), row: 2),
            Study("A", TwoByTwoTable(events: 1, of: 200, versus: 7, of: 210), row: 3),
            Study("B", TwoByTwoTable(events: 9, of: 90, versus: 12, of: 91), row: 4),
        ]
        let sizes = try EffectSizes(trials, measure: .oddsRatio)
        let plot = ForestPlot(try RandomEffects().fit(sizes), data: sizes.source)
        #expect(plot.rows[1].cells == ["1", "200", "7", "210"])
        #expect(plot.columns.map(\.group) == ["Treatment", "Treatment", "Control", "Control"])
        for theme in Theme.allCases { expectSound(plot.figure(theme: theme), "reported numbers") }
    }

    private func flat(_ marks: [Mark]) -> [Mark] {
        marks.flatMap { mark in
            if case .group(let inner, _) = mark { return flat(inner) }
            return [mark]
        }
    }

    private func squares(_ figure: Figure) -> [Box] {
        flat(figure.marks).compactMap { mark in
            guard case .rectangle(let box, _, _) = mark, abs(box.width - box.height) < 1e-9 else { return nil }
            return box
        }
    }

    private func polygons(_ figure: Figure) -> [[Point]] {
        flat(figure.marks).compactMap { mark in
            guard case .polygon(let points, _, _) = mark else { return nil }
            return points
        }
    }

    private func diamonds(_ figure: Figure) -> [[Point]] { polygons(figure).filter { $0.count == 4 } }

    @Test func studiesStandInTheOrderGiven() throws {
        var sizes = effects(studies(4))
        for index in sizes.effects.indices { sizes.effects[index].group = index < 2 ? "a" : "b" }
        let pooled = try RandomEffects().fit(sizes)
        let parts = try RandomEffects().subgroups(sizes)
        func labels(_ plot: ForestPlot) -> [String] { plot.rows.filter { $0.role == .study }.map(\.label) }
        let own = labels(ForestPlot(pooled))
        #expect(labels(ForestPlot(pooled, order: [3, 0, 2, 1])) == [own[3], own[0], own[2], own[1]])
        #expect(labels(ForestPlot(pooled, subgroups: parts, order: [3, 0, 2, 1])) == [own[0], own[1], own[3], own[2]])
        // Those that the order does not name come last; positions that there are none of say nothing.
        #expect(labels(ForestPlot(pooled, order: [2, 9])) == [own[2], own[0], own[1], own[3]])
    }
}
