import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct FunnelPlotTests {
    static let counts = [1, 2, 3, 13, 200]

    @Test(arguments: counts)
    func anyNumberOfStudies(count: Int) throws {
        let pooled = try RandomEffects().fit(effects(studies(count)))
        for theme in Theme.allCases {
            for hasContours in [false, true] {
                var plot = FunnelPlot(pooled)
                plot.hasContours = hasContours
                expectSound(plot.figure(theme: theme), "\(count) studies")
            }
        }
    }

    @Test func trimAndFillAndEgger() throws {
        let sizes = effects(studies(13), tau: 1.5)
        let pooled = try RandomEffects().fit(sizes)
        let filled = try TrimAndFill(side: .left).fit(sizes)
        let test = try EggerTest().test(sizes)
        var plot = FunnelPlot(pooled, filled: filled, egger: test)
        plot.hasContours = true
        #expect(plot.studies.count(where: \.isImputed) == filled.imputed)
        #expect(plot.regression?.slope == test.estimate)
        expectSound(plot.figure(), "trim and fill")
        #expect(plot.data.rows.count == 13 + filled.imputed)
    }

    @Test func hostileHeadings() throws {
        for heading in Labels.hostile + Labels.scripts {
            var pooled = try RandomEffects().fit(effects(Labels.hostile))
            pooled.outcome = heading
            expectSound(FunnelPlot(pooled).figure(), heading)
        }
    }

    @Test func noStudies() throws {
        var pooled = try RandomEffects().fit(effects(studies(2)))
        pooled.studies = []
        pooled.estimate = .nan
        expectSound(FunnelPlot(pooled).figure(), "no study")
    }

    @Test func measuresWithoutNoEffectHaveNoContours() throws {
        for (measure, scale, hasReference) in [("PLO", EffectScale.logit, false), ("OR", .log, true)] {
            var plot = FunnelPlot(try effects(studies(5), measure: measure, scale: scale).pooled())
            #expect((plot.reference != nil) == hasReference)
            plot.hasContours = true
            expectSound(plot.figure(), measure)
        }
    }
}
