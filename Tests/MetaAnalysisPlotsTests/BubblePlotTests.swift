import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct BubblePlotTests {
    private let name = "x < \"y\" & z"

    private func plot(_ count: Int, terms: [ModelTerm], _ labels: [String]? = nil) throws -> (BubblePlot, RegressionFit)
    {
        let sizes = effects(labels ?? studies(count))
        let values = (0..<count).map { Double($0 * 5 % 13) }
        var moderators = Moderators(count: count)
        moderators[name] = .numbers(values)
        moderators["side"] = .texts((0..<count).map { $0 % 3 == 0 ? "left" : "right" })
        var fit = try MetaRegression(terms: terms).fit(sizes, moderators: moderators)
        fit.outcome = labels?[0]
        return (try BubblePlot(fit, against: name, values: values), fit)
    }

    @Test(arguments: [3, 13, 200])
    func anyNumberOfStudies(count: Int) throws {
        let (plot, fit) = try plot(count, terms: [.number(name)])
        expectSoundInEveryTheme("bubble") { plot.figure(theme: $0) }
        // The line is the one of the coefficients.
        let (first, last) = (try #require(plot.line.first), try #require(plot.line.last))
        let slope = (last.estimate - first.estimate) / (last.value - first.value)
        #expect(abs(slope - fit.coefficients[1].estimate) < 1e-10)
    }

    @Test func hostileLabels() throws {
        let (plot, _) = try plot(Labels.hostile.count, terms: [.number(name)], Labels.hostile)
        expectSoundInEveryTheme("bubble") { plot.figure(theme: $0) }
    }

    @Test func furtherModeratorsLeaveNoLine() throws {
        let (plot, _) = try plot(13, terms: [.number(name), .factor("side")])
        #expect(plot.line.isEmpty && plot.others == ["side"] && plot.studies.count == 13)
        expectSoundInEveryTheme("bubble without line") { plot.figure(theme: $0) }
        #expect(plot.figure().summary.contains("No line"))
    }

    @Test func valuesOfOtherStudiesAreRefused() throws {
        let fit = try plot(5, terms: [.number(name)]).1
        #expect(throws: MetaAnalysisError.self) { try BubblePlot(fit, against: name, values: [1, 2]) }
    }
}
