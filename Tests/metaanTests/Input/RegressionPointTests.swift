import MetaAnalysis
import Testing

@testable import metaan

@Suite struct RegressionPointTests {
    private static let names = ["Time, days", "Measurement (1 =Device)", "Dose/kg"]

    /// y = 1 + x exactly at three points, so that predictions tell which value was read.
    private func prediction(_ text: String, name: String) throws -> Double {
        let effects = EffectSizes(
            effects: [1.0, 2, 4, 3].enumerated().map {
                EffectSize(label: "s\($0)", estimate: 1 + $1, variance: 0.1)
            })
        var moderators = Moderators(count: 4)
        moderators[name] = .numbers([1, 2, 4, 3])
        let fit = try MetaRegression(terms: [.number(name)]).fit(effects, moderators: moderators)
        return try RegressionPoint(text).prediction(fit).prediction.estimate
    }

    @Test(arguments: names)
    func namesMayHoldSigns(name: String) throws {
        for text in ["\"\(name)\"=15", "`\(name)` = 15"] + (name.contains(",") ? [] : ["\(name)=15"]) {
            #expect(abs(try prediction(text, name: name) - 16) < 1e-9, "\(text)")
        }
    }

    @Test func errorsNameTheFault() throws {
        for (text, word) in [
            ("x", "no value in"), ("x=0x10", "finite number"), ("y=1", "no value of x"), ("x=1,x=2", "twice"),
        ] {
            let failure = try #require(throws: CommandFailure.self) { try prediction(text, name: "x") }
            #expect(failure.status == .usage && failure.message.contains(word))
        }
    }
}
