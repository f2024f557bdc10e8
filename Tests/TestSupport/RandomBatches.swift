public import MetaAnalysis

/// Seeded batches of groups as they occur: few and many studies, variances up to a million times apart, no heterogeneity in a
/// third of them.
public enum RandomBatches {
    /// - Parameter sizes: numbers of studies, drawn with equal chance.
    public static func groups(_ count: Int, sizes: [Int] = [1, 2, 3, 4, 5, 7, 13, 20], seed: UInt64) -> [EffectSizes] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { group in
            let size = sizes[Int(generator.next() % UInt64(sizes.count))]
            let spread = group % 10 == 0 ? 20.0 : 5.0
            let tau = generator.nextUniform() < 0.3 ? 0 : 0.3 * abs(generator.nextNormal())
            let mean = 0.2 + 0.3 * generator.nextNormal()
            return EffectSizes(
                effects: (0..<size).map { study in
                    let exponent = (spread * (generator.nextUniform() - 0.5)).rounded()
                    let variance = Double(
                        sign: .plus, exponent: Int(exponent), significand: 0.03 + 0.03 * generator.nextUniform())
                    let error = variance.squareRoot() * generator.nextNormal()
                    return EffectSize(
                        label: "study \(study + 1)", estimate: mean + tau * generator.nextNormal() + error,
                        variance: variance)
                })
        }
    }

    /// The groups one after the other.
    public static func batch(_ groups: [EffectSizes]) -> StudyBatch {
        var batch = StudyBatch()
        for group in groups {
            for effect in group.effects { batch.append(estimate: effect.estimate, variance: effect.variance) }
            batch.endGroup()
        }
        return batch
    }
}
