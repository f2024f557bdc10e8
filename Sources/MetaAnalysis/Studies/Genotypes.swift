internal import RealModule

/// Genotypes at a marker of two alleles in one group.
public struct Genotypes: Hashable, Sendable, Codable {
    /// Participants with two copies of the dominant (or first) allele; at least 0, like all counts. Role `ai`.
    public var dominant: Double
    /// Participants with one copy of each. Role `bi`.
    public var heterozygous: Double
    /// Participants with two copies of the recessive (or second) allele. Role `ci`.
    public var recessive: Double

    public init(dominant: Double, heterozygous: Double, recessive: Double) {
        self.dominant = dominant
        self.heterozygous = heterozygous
        self.recessive = recessive
    }
}

extension Genotypes {
    /// Departures from the equilibrium of Hardy and Weinberg.
    public enum Measure: String, EffectMeasure {
        case relativeExcessHeterozygosity = "REH"

        public var details: MeasureDescription {
            MeasureDescription(
                rawValue, .genotypes, title: "log relative excess heterozygosity", scale: .log,
                definition: "y = ln(b / (2 sqrt(a c))); v = 1/(4 a) + 1/b + 1/(4 c)",
                source: "Ziegler, Van Steen & Wellek (2011), doi:10.1007/s10549-010-1295-z",
                example: (0.02041099726, 0.04083333333))
        }
    }
}

extension Genotypes: StudyOutcome {
    public static let defaultMeasure = Measure.relativeExcessHeterozygosity

    public var sampleSize: Double? { dominant + heterozygous + recessive }

    public func validate() throws {
        try OutcomeValue(dominant, "ai", "number of participants with two dominant alleles")
            .requireFiniteAndNotNegative()
        try OutcomeValue(heterozygous, "bi", "number of heterozygous participants").requireFiniteAndNotNegative()
        try OutcomeValue(recessive, "ci", "number of participants with two recessive alleles")
            .requireFiniteAndNotNegative()
    }

    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard dominant > 0, heterozygous > 0, recessive > 0 else {
            throw Exclusion("a genotype that nobody has leaves the excess of heterozygosity without a logarithm")
        }
        // The roots apart, so that their product stays in range.
        let ratio = heterozygous / dominant.squareRoot() / recessive.squareRoot() / 2
        return EffectEstimate(
            // The square of the ratio less 1 is (b² − 4ac)/(4ac).
            estimate: logRatio(
                ratio,
                exceedingOneBy: ProductDifference(heterozygous, heterozygous, minus: 4 * dominant, recessive)
                    .quotient(by: 4 * dominant, recessive) / (ratio + 1)),
            variance: 0.25 / dominant + 1 / heterozygous + 0.25 / recessive)
    }
}
