internal import RealModule

/// Numbers of participants of one group with each genotype at a marker with two alleles.
public struct Genotypes: Hashable, Sendable, Codable {
    /// Participants with two copies of the dominant (or first) allele; at least 0, like all counts. Role `ai`.
    public var dominant: Double
    /// Participants with one copy of each allele. Role `bi`.
    public var heterozygous: Double
    /// Participants with two copies of the recessive (or second) allele. Role `ci`.
    public var recessive: Double

    /// Makes genotype counts without checking their range; `validate()` does.
    public init(dominant: Double, heterozygous: Double, recessive: Double) {
        self.dominant = dominant
        self.heterozygous = heterozygous
        self.recessive = recessive
    }
}

extension Genotypes {
    /// Departures from Hardy–Weinberg equilibrium.
    public enum Measure: String, EffectMeasure {
        /// Log relative excess heterozygosity; 0 at equilibrium (`REH`).
        case relativeExcessHeterozygosity = "REH"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
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
    /// Log relative excess heterozygosity (`REH`).
    public static let defaultMeasure = Measure.relativeExcessHeterozygosity

    /// Number of participants, the sum of the three counts.
    public var sampleSize: Double? { dominant + heterozygous + recessive }

    /// Checks that the three counts are finite and not negative.
    public func validate() throws {
        try OutcomeValue(dominant, "ai", "number of participants with two dominant alleles")
            .requireFiniteAndNotNegative()
        try OutcomeValue(heterozygous, "bi", "number of heterozygous participants").requireFiniteAndNotNegative()
        try OutcomeValue(recessive, "ci", "number of participants with two recessive alleles")
            .requireFiniteAndNotNegative()
    }

    /// Computes the effect; a genotype with no participants gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard dominant > 0, heterozygous > 0, recessive > 0 else {
            throw Exclusion("a genotype that nobody has leaves the excess of heterozygosity without a logarithm")
        }
        // Taking the roots separately keeps their product in range.
        let ratio = heterozygous / dominant.squareRoot() / recessive.squareRoot() / 2
        return EffectEstimate(
            // The squared ratio minus 1 is (b² − 4ac)/(4ac).
            estimate: logRatio(
                ratio,
                exceedingOneBy: ProductDifference(heterozygous, heterozygous, minus: 4 * dominant, recessive)
                    .quotient(by: 4 * dominant, recessive) / (ratio + 1)),
            variance: 0.25 / dominant + 1 / heterozygous + 0.25 / recessive)
    }
}
