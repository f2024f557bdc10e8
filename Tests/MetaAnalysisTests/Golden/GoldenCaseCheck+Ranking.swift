import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

extension GoldenCaseCheck {
    /// P-scores to the last digits; rank probabilities cannot be compared.
    ///
    /// The rankograms of netmeta 3.3.1 are 20 000 draws that do not follow the joint normal distribution of its own effects
    /// and covariance: their SUCRAs differ from its own P-scores, which must be equal but for chance, by up to 0.042, 20
    /// times the standard error of so many draws. `RankingTests` holds our probabilities against draws from R's covariance.
    mutating func compareRanks(_ call: RExpression, _ frame: RNetworkFrame) throws {
        if call.function == "rankogram" {
            throw NotApplicable("R's draws of ranks contradict its own P-scores")
        }
        let prefersLower = frame.netmeta?["small.values"]?.text != "undesirable"
        for model in NetworkMetaAnalysis.Model.allCases {
            let ranking = Ranking(
                try frame.fit(model), preferring: prefersLower ? .lower : .higher, rankProbabilities: false)
            for (position, treatment) in networkTreatments.enumerated() {
                comparison.skip("trts.\(position)", "a name")
                comparison.compare(
                    "pscore_\(model.rawValue).\(position)", ranking[treatment]?.pScore, .closedForm, scale: 1)
            }
        }
    }
}
