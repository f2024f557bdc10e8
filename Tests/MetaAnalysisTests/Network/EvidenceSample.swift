@testable import MetaAnalysis

/// Networks for the tests of how evidence flows.
enum EvidenceSample {
    /// A two-arm study for each entry.
    static func network(_ comparisons: [(Treatment, Treatment, variance: Double)]) throws -> TreatmentNetwork {
        try TreatmentNetwork(
            comparisons.enumerated().map { index, entry in
                Contrast(
                    study: "Study \(index + 1)", entry.0, versus: entry.1,
                    estimate: 0.3 * Double(index % 4) - 0.4, variance: entry.variance)
            })
    }

    /// The contrasts of a study whose arms vary independently by `variances`.
    static func study(
        _ label: String, _ arms: [(treatment: Treatment, mean: Double, variance: Double)]
    ) -> [Contrast] {
        arms.indices.flatMap { first in
            arms.indices.dropFirst(first + 1).map { second in
                Contrast(
                    study: label, arms[first].treatment, versus: arms[second].treatment,
                    estimate: arms[first].mean - arms[second].mean,
                    variance: arms[first].variance + arms[second].variance)
            }
        }
    }

    /// A connected network of two- and three-arm studies, the same for the same seed.
    static func random(seed: UInt64, treatments count: Int, studies: Int) throws -> TreatmentNetwork {
        try TreatmentNetwork(randomContrasts(seed: seed, treatments: count, studies: studies))
    }

    static func randomContrasts(seed: UInt64, treatments count: Int, studies: Int) -> [Contrast] {
        var generator = SeededGenerator(seed: seed)
        func arm(_ index: Int) -> (treatment: Treatment, mean: Double, variance: Double) {
            (
                Treatment(name(index)), Double.random(in: -1...1, using: &generator),
                Double.random(in: 0.02...1, using: &generator)
            )
        }
        var contrasts: [Contrast] = []
        for index in 1..<count {
            contrasts += study("Link \(index)", [arm(Int.random(in: 0..<index, using: &generator)), arm(index)])
        }
        for index in 0..<studies {
            let arms = (0..<count).shuffled(using: &generator).prefix(index % 3 == 0 && count > 2 ? 3 : 2)
            contrasts += study("Study \(index)", arms.map(arm))
        }
        return contrasts
    }

    static func name(_ index: Int) -> String { "T\(index < 10 ? "0" : "")\(index)" }
}
