@testable import MetaAnalysis

/// Networks whose studies are drawn design by design, for laws of what designs agree on.
enum DesignSample {
    /// Two- and three-arm designs with several loops; treatment E hangs on D alone, F on one three-arm design.
    static let loops = network([
        ("AB", 3), ("AC", 2), ("BC", 2), ("ABC", 1), ("BCD", 2), ("CD", 1), ("DE", 2), ("ACF", 2),
    ])

    /// Everything versus A.
    static let star = network([("AB", 2), ("AC", 3), ("AD", 1)])

    /// One study for each side.
    static let triangle = network([("AB", 1), ("AC", 1), ("BC", 1)])

    static let pair = network([("AB", 5)])

    /// - Parameters:
    ///   - designs: treatments, one letter each, and the number of studies.
    ///   - spread: between-study standard deviation of an arm.
    static func network(
        _ designs: [(treatments: String, count: Int)], seed: UInt64 = 3, spread: Double = 0.4
    ) -> TreatmentNetwork {
        do {
            return try TreatmentNetwork(contrasts(designs, seed: seed, spread: spread))
        } catch {
            preconditionFailure("the sample is a network: \(error)")
        }
    }

    static func contrasts(
        _ designs: [(treatments: String, count: Int)], seed: UInt64 = 3, spread: Double = 0.4
    ) -> [Contrast] {
        var generator = SeededGenerator(seed: seed)
        var contrasts: [Contrast] = []
        for design in designs {
            let arms = design.treatments.map { Treatment(String($0)) }
            for study in 0..<design.count {
                let variances = arms.map { _ in 0.02 + 0.2 * generator.nextUniform() }
                let effects = variances.map { ($0 + spread * spread).squareRoot() * generator.nextNormal() }
                for first in arms.indices {
                    for second in arms.indices.dropFirst(first + 1) {
                        contrasts.append(
                            Contrast(
                                study: "\(design.treatments) \(study)", arms[first], versus: arms[second],
                                estimate: effects[first] - effects[second],
                                variance: variances[first] + variances[second]))
                    }
                }
            }
        }
        return contrasts
    }
}

extension TreatmentNetwork {
    /// The studies whose design is not `name`.
    func without(design name: String) -> TreatmentNetwork {
        let left = designs.filter { $0.name != name }.flatMap(\.studies)
        return subset(left)
    }

    func inconsistency() throws -> Inconsistency {
        try Inconsistency(OrthogonalContrasts(self), network: self)
    }
}
