public import MetaAnalysis
import MetaAnalysisFixtures

/// Effects on which laws are tried.
public struct StudySample: Sendable, CustomStringConvertible {
    /// Name in the report of a failed test.
    public let name: String
    /// Effects with their sampling variances.
    public let effects: EffectSizes

    /// A sample of effects that exist already.
    public init(_ name: String, _ effects: EffectSizes) {
        self.name = name
        self.effects = effects
    }

    /// A sample of effects labeled by their position.
    public init(_ name: String, estimates: [Double], variances: [Double]) {
        self.init(
            name,
            EffectSizes(
                effects: zip(estimates, variances).enumerated().map { index, pair in
                    EffectSize(label: "study \(index + 1)", estimate: pair.0, variance: pair.1, position: index)
                }))
    }

    /// The name.
    public var description: String { name }

    /// Estimates in the order of `effects`.
    public var estimates: [Double] { effects.effects.map(\.estimate) }
    /// Sampling variances in the order of `effects`.
    public var variances: [Double] { effects.effects.map(\.variance) }
}

extension StudySample {
    /// Seeded samples of 2 to 40 studies: with and without heterogeneity, with variances alike and far apart.
    ///
    /// Effects and variances are multiples of 2⁻³⁰, so that adding a small whole number to an effect is exact.
    public static let random: [StudySample] = {
        let shapes: [(count: Int, ratio: Double, tau: Double)] = [
            (2, 3, 0.5), (3, 10, 0), (3, 4, 1), (5, 100, 0.3), (8, 10, 0), (8, 1, 0.4), (12, 1000, 0.2), (20, 30, 0.6),
            (40, 10, 0.1),
        ]
        return shapes.enumerated().map { index, shape in
            random(seed: UInt64(index + 1), count: shape.count, varianceRatio: shape.ratio, tau: shape.tau)
        }
    }()

    /// - Parameters:
    ///   - varianceRatio: greatest over least possible sampling variance, which are spread evenly in logarithm.
    ///   - tau: standard deviation of the true effects, where the least sampling variance is about 0.02.
    public static func random(seed: UInt64, count: Int, varianceRatio: Double, tau: Double) -> StudySample {
        var generator = SeededGenerator(seed: seed)
        var estimates: [Double] = []
        var variances: [Double] = []
        for _ in 0..<count {
            let variance = onGrid(0.02 * power(varianceRatio, generator.nextUniform()))
            let deviation = (variance + tau * tau).squareRoot()
            estimates.append(onGrid(0.4 + deviation * generator.nextNormal()))
            variances.append(variance)
        }
        return StudySample(
            "\(count) random studies, variance ratio \(varianceRatio), tau \(tau)", estimates: estimates,
            variances: variances)
    }

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

    /// The shipped data sets that one measure pools, under their own measures.
    public static func classical() throws -> [StudySample] {
        try Fixtures.datasets.compactMap { dataset in
            guard MeasureDescription.find(dataset.measure) != nil, !dataset.kind.hasPrefix("network") else {
                return nil
            }
            let table = try Table(csv: Fixtures.bytes(dataset.file), name: dataset.file)
            let data = try StudyColumns(measure: dataset.measure).read(table)
            precondition(data.count == 1, "\(dataset.name) has several outcomes")
            return StudySample(dataset.name, try data[0].studies.effectSizes(measureCode: dataset.measure))
        }
    }

    /// Random and classical samples.
    public static func all() throws -> [StudySample] { try random + classical() }
}
