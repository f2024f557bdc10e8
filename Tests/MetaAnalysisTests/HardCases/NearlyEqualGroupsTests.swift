import Testing

@testable import MetaAnalysis

/// Groups of up to 10⁹ that differ by one event: effects of which a difference of rounded risks or logarithms would keep 7 digits.
///
/// The expected estimates are the definitions of the measures evaluated with 60 digits (mpmath).
@Suite struct NearlyEqualGroupsTests {
    private typealias Expected = [String: Double]

    private static let accepted = 1e-12

    private func expect<Outcome: StudyOutcome>(_ outcome: Outcome, _ expected: Expected) throws {
        for measure in Outcome.Measure.allCases {
            guard let value = expected[measure.rawValue] else { continue }
            let effect = try #require(try EffectProbe.effect(outcome, measure))
            #expect(
                abs(effect.estimate / value - 1) < Self.accepted,
                "\(measure.rawValue) of \(outcome): \(effect.estimate), not \(value)")
        }
        #expect(Set(expected.keys).isSubset(of: Outcome.Measure.allCases.map(\.rawValue)))
    }

    private static let tables: [(TwoByTwoTable, Expected)] = [
        (
            table(500_000_001, 499_999_999, 500_000_000, 500_000_000),
            [
                "OR": 4.0000000000000000053e-9, "RR": 1.9999999980000000027e-9, "RD": 1.0e-9,
                "AS": 1.0000000000000000007e-9, "PETO": 3.999999998000000004e-9, "PHI": 1.0000000000000000005e-9,
                "ZPHI": 1.0000000000000000008e-9, "YUQ": 2.0e-9, "YUY": 1.000000000000000001e-9,
                "RTET": 1.5707963267948966198e-9, "ZTET": 1.5707963267948966211e-9, "PBIT": 2.506628274631000505e-9,
                "OR2D": 2.205315581687168201e-9, "OR2DN": 2.4242424242424242457e-9, "OR2DL": 2.205315581687168201e-9,
                "DOR": 4.0000000000000000053e-9, "VE": -1.9999999980000000027e-9,
            ]
        ),
        (
            table(300_000_001, 700_000_000, 150_000_000, 350_000_000),
            [
                "OR": 3.3333333277777777901e-9, "RR": 2.3333333282777777898e-9, "RD": 6.999999993000000007e-10,
                "AS": 7.6376261480762318174e-10, "PETO": 3.3333333248148148349e-9, "PHI": 7.2008229866296298906e-10,
                "ZPHI": 7.2008229866296298919e-10, "YUQ": 1.6666666638888888935e-9, "YUY": 8.3333333194444444734e-10,
                "RTET": 1.2304570381548202125e-9, "ZTET": 1.2304570381548202131e-9, "PBIT": 2.0132725584089645862e-9,
                "OR2D": 1.8377629816763685306e-9, "OR2DN": 2.0202020168350168425e-9, "OR2DL": 1.8377629816763685306e-9,
                "DOR": 3.3333333277777777901e-9, "VE": -2.3333333282777777898e-9,
            ]
        ),
        (
            table(1001, 999_998_999, 1000, 999_999_000),
            [
                "OR": 0.00099950133308453366781, "RR": 0.00099950033308353316681, "RD": 1.0e-9,
                "AS": 4.998753125236420513e-7, "PETO": 0.00099950124937631234483, "PHI": 4.9987529691815712133e-7,
                "ZPHI": 4.9987529691819875683e-7, "YUQ": 0.00049975062493790660954, "YUY": 0.00024987532807058799925,
                "RTET": 0.00012657925435003846882, "ZTET": 0.00012657925502606905965,
                "PBIT": 0.00020199126974045612355, "OR2D": 0.00055105396594210460444,
                "OR2DN": 0.00060575838368759616231, "OR2DL": 0.00055105396594210460444,
                "DOR": 0.00099950133308453366781, "VE": -0.00099950033308353316681,
            ]
        ),
        (
            table(999_999_998, 2, 999_999_997, 3),
            [
                "OR": 0.40546510910816438448, "RR": 1.0000000025000000063e-9, "RD": 1.0e-9,
                "AS": 0.000010050896212999825466, "PETO": 0.400000000800000002, "PHI": 0.000010000000012500000023,
                "ZPHI": 0.000010000000012833333358, "YUQ": 0.20000000048000000115, "YUY": 0.10102051468109251813,
                "RTET": 0.04212197972232221239, "ZTET": 0.042146918073754977341, "PBIT": 0.067435614674632909179,
                "OR2D": 0.22354463073668066495, "OR2DN": 0.24573642976252386938, "OR2DL": 0.22354463073668066495,
                "DOR": 0.40546510910816438448, "VE": -1.0000000025000000063e-9,
            ]
        ),
    ]

    private static func table(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> TwoByTwoTable {
        TwoByTwoTable(treatedEvents: a, treatedNonEvents: b, controlEvents: c, controlNonEvents: d)
    }

    @Test(arguments: tables.indices) func everyMeasureOfTables(_ index: Int) throws {
        let (table, expected) = Self.tables[index]
        try expect(table, expected)
        #expect(Set(expected.keys) == Set(TwoByTwoTable.Measure.allCases.map(\.rawValue)))
    }

    private static let rates: [(TwoGroupRates, Expected)] = [
        (
            TwoGroupRates(treatedEvents: 500_000_001, treatedTime: 1e9, controlEvents: 500_000_000, controlTime: 1e9),
            ["IRR": 1.9999999980000000027e-9, "IRD": 1.0e-9, "IRSD": 7.0710678083299413416e-10]
        ),
        (
            TwoGroupRates(treatedEvents: 300_000_001, treatedTime: 1e9, controlEvents: 150_000_000, controlTime: 5e8),
            ["IRR": 3.3333333277777777901e-9, "IRD": 1.0e-9, "IRSD": 9.1287092841455108272e-10]
        ),
    ]

    @Test func everyMeasureOfRates() throws {
        for (rates, expected) in Self.rates { try expect(rates, expected) }
    }

    @Test func pairs() throws {
        try expect(
            PairedTable(both: 4e8, firstOnly: 100_000_001, secondOnly: 1e8, neither: 3e8),
            [
                "MPRR": 1.9999999980000000027e-9, "MPOR": 4.4999999948750000079e-9, "MPRD": 1.1111111098765432112e-9,
                "MPORC": 9.9999999500000003333e-9, "MPPETO": 9.99999995000000025e-9,
            ])
        try expect(
            PairedMargins(
                firstEvents: 500_000_001, firstNonEvents: 499_999_999, secondEvents: 5e8, secondNonEvents: 5e8,
                correlation: 0.5), ["MPORM": 4.0000000000000000053e-9])
    }

    @Test func proportionsNextToAHalfAndToOne() throws {
        try expect(
            Proportion(events: 500_000_001, size: 1e9),
            ["PLN": -0.69314717855994531142, "PLO": 4.0000000000000000053e-9, "PRZ": 2.506628274631000505e-9])
        try expect(
            Proportion(events: 999_999_998, size: 1e9),
            ["PLN": -2.0000000020000000027e-9, "PLO": 20.030118654386465845, "PRZ": 5.8841933548004610782])
    }

    @Test func genotypesNextToEquilibrium() throws {
        try expect(
            Genotypes(dominant: 25e7, heterozygous: 500_000_001, recessive: 25e7), ["REH": 1.9999999980000000027e-9])
    }

    /// ln(1 + 2⁻³⁰) from means and from standard deviations.
    @Test func ratiosOfMeansAndOfDeviations() throws {
        let logRatio = 9.313225741817976469e-10
        let (one, more) = (1.0, 1 + 0x1p-30)
        let uncorrected = EffectSettings(biasCorrected: false)
        let groups = TwoGroupMeans(
            treatedSize: 50, treatedMean: more, treatedDeviation: more, controlSize: 50, controlMean: one,
            controlDeviation: one)
        let times = PairedMeans.times(
            firstMean: more, firstDeviation: more, secondMean: one, secondDeviation: one, size: 50, correlation: 0.5)
        let estimates = [
            try EffectProbe.effect(groups, .ratioOfMeans, uncorrected),
            try EffectProbe.effect(groups, .variabilityRatio),
            try EffectProbe.effect(times, .ratioOfMeans, uncorrected), try EffectProbe.effect(times, .variabilityRatio),
        ]
        for effect in estimates {
            let estimate = try #require(effect).estimate
            #expect(abs(estimate / logRatio - 1) < Self.accepted)
        }
    }

    /// The odds ratio of the first two tables as a network of two treatments.
    @Test func pooledByCountsInANetwork() throws {
        let arms = Self.tables.prefix(2).enumerated().flatMap { index, table in
            [
                NetworkArm(
                    study: "\(index)", "A", Proportion(events: table.0.treatedEvents, size: table.0.treatedSize)),
                NetworkArm(
                    study: "\(index)", "B", Proportion(events: table.0.controlEvents, size: table.0.controlSize)),
            ]
        }
        let fit = try MantelHaenszelNetwork().fit(TreatmentNetwork(arms, measure: .oddsRatio))
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        #expect(abs(effect.estimate / 3.7606837585360508504e-9 - 1) < Self.accepted)
    }

    /// The first two tables, and the rates, pooled by their counts.
    @Test func pooledByCounts() throws {
        let tables = Self.tables.prefix(2).map { Study("table", $0.0) }
        let rates = Self.rates.map { Study("rates", $0.0) }
        let pooled: [(PooledEffect, Double)] = [
            (try MantelHaenszel().fit(EffectSizes(tables, measure: .oddsRatio)), 3.7606837585360508504e-9),
            (try MantelHaenszel().fit(EffectSizes(tables, measure: .riskRatio)), 2.0952380923990929754e-9),
            (try MantelHaenszel().fit(EffectSizes(tables, measure: .riskDifference)), 8.7999999969600000024e-10),
            (try Peto().fit(EffectSizes(tables, measure: .petoOddsRatio)), 3.7606837561307132326e-9),
            (try MantelHaenszel().fit(EffectSizes(rates, measure: .rateRatio)), 2.3809523781179138367e-9),
            (try MantelHaenszel().fit(EffectSizes(rates, measure: .rateDifference)), 1.0e-9),
        ]
        for (effect, expected) in pooled {
            #expect(abs(effect.estimate / expected - 1) < Self.accepted, "\(effect.estimate), not \(expected)")
        }
    }
}
