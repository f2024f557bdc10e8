public import MetaAnalysis

/// Contrasts on which laws of networks are tried.
public struct NetworkSample: Sendable, CustomStringConvertible {
    /// Name in the report of a failed test.
    public let name: String
    /// Contrasts of all studies.
    public let contrasts: [Contrast]

    /// A network of contrasts that exist already.
    public init(_ name: String, _ contrasts: [Contrast]) {
        self.name = name
        self.contrasts = contrasts
    }

    /// The name.
    public var description: String { name }

    /// The network of the contrasts.
    public func network() throws -> TreatmentNetwork { try TreatmentNetwork(contrasts) }
}

extension NetworkSample {
    /// Seeded connected networks with studies of two to four arms: with and without heterogeneity, sparse and dense, with
    /// variances alike and far apart.
    public static let random: [NetworkSample] = {
        let shapes: [(treatments: Int, studies: Int, arms: ClosedRange<Int>, ratio: Double, tau: Double)] = [
            (2, 6, 2...2, 10, 0.4), (3, 5, 2...2, 4, 0.5), (3, 4, 2...3, 10, 0), (4, 7, 2...3, 100, 0.3),
            (5, 9, 2...4, 10, 0), (5, 6, 3...4, 4, 0.6), (7, 20, 2...4, 30, 0.2), (10, 30, 2...4, 10, 0.1),
        ]
        return shapes.enumerated().map { index, shape in
            random(
                seed: UInt64(100 + index), treatments: shape.treatments, studies: shape.studies, arms: shape.arms,
                varianceRatio: shape.ratio, tau: shape.tau)
        }
    }()

    /// - Parameters:
    ///   - arms: numbers of arms that a study may have.
    ///   - varianceRatio: greatest over least possible variance of an arm, which are spread evenly in logarithm.
    ///   - tau: standard deviation of the true effects, where the least variance of an arm is about 0.01.
    public static func random(
        seed: UInt64, treatments: Int, studies: Int, arms: ClosedRange<Int>, varianceRatio: Double, tau: Double
    ) -> NetworkSample {
        var generator = SeededGenerator(seed: seed)
        let effects = (0..<treatments).map { _ in generator.nextNormal() }
        var contrasts: [Contrast] = []
        for study in 0..<studies {
            let count = min(treatments, Int.random(in: arms, using: &generator))
            let members = self.members(count, of: treatments, study: study, &generator)
            let own = members.map { treatment in
                let variance = onGrid(0.01 * power(varianceRatio, generator.nextUniform()))
                let deviation = (variance + 0.5 * tau * tau).squareRoot()
                return (variance: variance, value: onGrid(effects[treatment] + deviation * generator.nextNormal()))
            }
            // As for standardized differences of multi-arm studies, whose common deviation is itself an estimate.
            let shared = count > 2 && study % 2 == 0 ? 0.01 : 0
            for first in members.indices {
                for second in members.indices.dropFirst(first + 1) {
                    let difference = own[first].value - own[second].value
                    contrasts.append(
                        Contrast(
                            study: "study \(study + 1)", name(members[first]), versus: name(members[second]),
                            estimate: difference,
                            variance: own[first].variance + own[second].variance + shared * difference * difference))
                }
            }
        }
        return NetworkSample(
            "\(treatments) treatments, \(studies) studies of \(arms) arms, variance ratio \(varianceRatio), tau \(tau)",
            contrasts)
    }

    /// The first studies link each treatment to an earlier one, so that the network hangs together.
    private static func members(
        _ count: Int, of treatments: Int, study: Int, _ generator: inout SeededGenerator
    ) -> [Int] {
        var members: [Int] = []
        if study + 1 < treatments { members = [study + 1, Int.random(in: 0...study, using: &generator)] }
        while members.count < count {
            let next = Int.random(in: 0..<treatments, using: &generator)
            if !members.contains(next) { members.append(next) }
        }
        return members
    }

    /// Treatments T0, T1, ….
    public static func name(_ treatment: Int) -> Treatment { Treatment("T\(treatment)") }

    /// Differences of multiples of 2⁻³⁰ are exact, so that the contrasts of a study agree to the last bit.
    private static func onGrid(_ value: Double) -> Double { (value * 0x1p30).rounded() * 0x1p-30 }

    /// base^exponent for an exponent in (0, 1), by square roots: the bits of the exponent one after the other.
    private static func power(_ base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        var root = base
        var rest = exponent
        for _ in 0..<40 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }
}

extension NetworkSample {
    /// With every contrast changed.
    public func mapping(_ transform: (Contrast) -> Contrast) -> NetworkSample {
        NetworkSample(name, contrasts.map(transform))
    }

    /// The rows in another order, the same for the same seed.
    public func shuffled(seed: UInt64) -> NetworkSample {
        var generator = SeededGenerator(seed: seed)
        return NetworkSample(name, contrasts.shuffled(using: &generator))
    }
}
