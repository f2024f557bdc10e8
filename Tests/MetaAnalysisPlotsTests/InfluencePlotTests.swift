import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct InfluencePlotTests {
    @Test(arguments: StudyLabels.samples)
    func anyStudies(labels: [String]) throws {
        let sizes = effects(labels)
        let plot = InfluencePlot(try RandomEffects().influence(sizes), of: try sizes.pooled())
        expectSoundInEveryTheme("influence") { plot.figure(theme: $0) }
    }

    /// Numbers below the panels, where studies are few.
    @Test(arguments: 1...6)
    func everyOfFewStudiesIsNumbered(count: Int) throws {
        let sizes = effects(studies(count))
        let figure = InfluencePlot(try RandomEffects().influence(sizes), of: try sizes.pooled()).figure()
        let labels = figure.marks.flatMap(\.labels).filter { $0.anchor == .middle }.map(\.text)
        for number in 1...count { #expect(labels.count { $0 == String(number) } == 8) }
        #expect(labels.count == 8 * count)
    }
}
