import MetaAnalysis
import MetaAnalysisPlots
import Testing

/// Plots of the studies of one pooled effect, each with few, many and hostile studies.
@Suite struct StudyPlotTests {
    static let samples: [[String]] = [
        studies(1), studies(2), studies(3), studies(13), studies(200), Labels.hostile, Labels.scripts, Labels.lengths,
    ]

    private func expectSoundEverywhere(_ name: String, _ draw: (Theme) -> Figure) {
        for theme in Theme.allCases { expectSound(draw(theme), name) }
    }

    @Test(arguments: samples)
    func everyPlot(labels: [String]) throws {
        let sizes = effects(labels)
        let model = RandomEffects()
        var pooled = try model.fit(sizes)
        pooled.outcome = labels[0]
        let baujat = BaujatPlot(try model.baujat(sizes), of: pooled)
        expectSoundEverywhere("Baujat") { baujat.figure(theme: $0) }
        #expect(baujat.data.rows.count == labels.count)
        let radial = RadialPlot(pooled)
        expectSoundEverywhere("radial") { radial.figure(theme: $0) }
        let drapery = DraperyPlot(pooled)
        expectSoundEverywhere("drapery") { drapery.figure(theme: $0) }
        let influence = try model.influence(sizes)
        let panels = InfluencePlot(influence, of: pooled)
        expectSoundEverywhere("influence") { panels.figure(theme: $0) }
        let quantiles = QuantilePlot(influence, of: pooled)
        expectSoundEverywhere("Q–Q") { quantiles.figure(theme: $0) }
    }

    @Test func radialLineGoesThroughTheOrigin() throws {
        let pooled = try CommonEffect().fit(effects(studies(13)))
        let plot = RadialPlot(pooled)
        // At the common effect the line is that of least squares through the origin.
        let slope =
            plot.studies.reduce(0) { $0 + $1.precision * $1.standardized }
            / plot.studies.reduce(0) { $0 + $1.precision * $1.precision }
        #expect(abs(slope - plot.estimate) < 1e-12)
    }

    @Test func quantilesAreSymmetric() throws {
        let sizes = effects(studies(9))
        let model = RandomEffects()
        let plot = QuantilePlot(try model.influence(sizes), of: try model.fit(sizes))
        #expect(plot.points.count == 9)
        for (one, other) in zip(plot.points, plot.points.reversed()) {
            #expect(abs(one.quantile + other.quantile) < 1e-12)
        }
        #expect(plot.points.map(\.residual) == plot.points.map(\.residual).sorted())
    }

    @Test func subsets() async throws {
        let sizes = effects(studies(8))
        let model = CommonEffect()
        let plot = GoshPlot(try await model.subsets(sizes), of: try model.fit(sizes))
        for theme in Theme.allCases { expectSound(plot.figure(theme: theme), "GOSH") }
        #expect(plot.data.rows.count == 255)
    }

    @Test func risks() throws {
        for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference] {
            let trials = Labels.hostile.enumerated().map { index, label in
                Study(label, TwoByTwoTable(events: Double(index), of: 40, versus: Double(index * 2 % 19 + 1), of: 41))
            }
            let sizes = try EffectSizes(trials, measure: measure)
            let pooled = try RandomEffects().fit(sizes)
            let plot = try #require(LabbePlot(pooled, data: .twoByTwo(trials)))
            for theme in Theme.allCases { expectSound(plot.figure(theme: theme), measure.rawValue) }
            #expect(LabbePlot(pooled, data: .reported([])) == nil)
        }
    }

    @Test func regressionOnOneNumber() throws {
        let sizes = effects(studies(13))
        let values = (0..<13).map { Double($0 * 5 % 13) }
        var moderators = Moderators(count: 13)
        moderators["x < \"y\" & z"] = .numbers(values)
        let fit = try MetaRegression(terms: [.number("x < \"y\" & z")]).fit(sizes, moderators: moderators)
        let plot = try BubblePlot(fit, against: "x < \"y\" & z", values: values)
        for theme in Theme.allCases { expectSound(plot.figure(theme: theme), "bubble") }
        // The line is the one of the coefficients.
        let (first, last) = (try #require(plot.line.first), try #require(plot.line.last))
        let slope = (last.estimate - first.estimate) / (last.value - first.value)
        #expect(abs(slope - fit.coefficients[1].estimate) < 1e-10)
    }
}
