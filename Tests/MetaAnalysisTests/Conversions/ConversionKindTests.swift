import Testing

@testable import MetaAnalysis

struct ConversionKindTests {
    /// Some numbers that make sense together for every role.
    private static let sample: [String: Double] = [
        "mean": 10, "sd": 4, "n": 100, "se": 0.8, "ci_low": 0.3, "ci_high": 0.9, "min": 3, "q1": 8, "median": 10,
        "q3": 13,
        "max": 20, "n1i": 30, "n2i": 40, "difference": 2, "t": 2.5, "p": 0.02, "estimate": 0.55, "ratio": 0.55,
        "z": 1.3,
        "sd_baseline": 4, "sd_final": 4.5, "sd_change": 3, "r": 0.55, "mean_baseline": 10, "mean_final": 12,
        "smd": 0.55,
        "or": 0.55, "log_or": 0.55, "fisher_z": 0.55, "phi": -0.1, "chi2": -3, "n1": 40, "events": 30, "risk": 0.3,
        "rr": 0.55, "rd": 0.4, "hr": 0.55, "value": 0.4, "tau2": 0.1,
    ]

    private static func value(_ role: String) -> Double? {
        if let value = sample[role] { return value }
        return role.hasPrefix("n")
            ? 20 : role.hasPrefix("m") ? 5 : role.hasPrefix("sd") ? 2 : role.hasPrefix("x") ? 3 : nil
    }

    static let routes: [(ConversionKind, [String])] = ConversionKind.allCases.flatMap { kind in
        kind.routes.map { (kind, $0.roles) }
    }

    /// Every route leads somewhere from what it says it needs, and nowhere from less.
    @Test(arguments: routes) func everyRouteIsComplete(kind: ConversionKind, roles: [String]) throws {
        var values: [String: Double] = [:]
        for role in roles { values[role] = try #require(Self.value(role), "no sample for \(role)") }
        let record = try #require(try kind.convert(ConversionInputs(values)))
        #expect(!record.route.isEmpty)
        #expect(!record.values.isEmpty)
        #expect(record.values.allSatisfy { $0.value.isFinite })
        for role in roles {
            #expect(kind.reads(role) && kind.reads(role.uppercased()))
            var fewer = values
            fewer[role] = nil
            let other = try kind.convert(ConversionInputs(fewer))
            #expect(other?.route != record.route || other == nil, "\(role)")
        }
    }

    /// z of r = 0.8 is ln(9)/2; the intervals 0.5 to 0.9 is from ln(3)/2 to ln(19)/2; 1/(40 − 3) from 40 pairs.
    @Test func correlationsTakeTheirVarianceOnFishersScale() throws {
        func values(_ inputs: [String: Double], to target: EffectForm) throws -> [Double] {
            try #require(
                try ConversionKind.effect.convert(
                    ConversionInputs(inputs), settings: ConversionSettings(target: target))
            ).values.map(\.value)
        }
        let interval = try values(["r": 0.8, "ci_low": 0.5, "ci_high": 0.9], to: .fisherZ)
        #expect(abs(interval[0] - 1.0986122886681098) < 1e-14)
        // (ln(19/3)/2 / (2 · 1.959964))²
        #expect(abs(interval[1] - 0.055432654793179346) < 1e-15)
        let pairs = try values(["r": 0.5, "n": 40], to: .fisherZ)
        #expect(abs(pairs[0] - 0.5493061443340549) < 1e-15 && pairs[1] == 1.0 / 37)
        let same = try values(["r": 0.5, "n": 40], to: .correlation)
        #expect(abs(same[0] - 0.5) < 1e-15 && abs(same[1] - 0.5625 / 37) < 1e-15)
        // 1/26 + 1/28 + 0.16/108
        let difference = try values(["smd": 0.4, "n1i": 26, "n2i": 28], to: .standardizedMeanDifference)
        #expect(abs(difference[1] - 0.0756573056573057) < 1e-14)
        #expect(throws: MetaAnalysisError.self) { try values(["r": 0.5, "n": 3], to: .fisherZ) }
        #expect(throws: MetaAnalysisError.self) {
            try values(["r": 1.2, "ci_low": 0.5, "ci_high": 1.4], to: .fisherZ)
        }
    }

    @Test func settingsReachTheRoutes() throws {
        let odds = ConversionInputs(["or": 2, "se": 0.3])
        func values(_ settings: ConversionSettings) throws -> [Double] {
            try #require(try ConversionKind.effect.convert(odds, settings: settings)).values.map(\.value)
        }
        let difference = try values(ConversionSettings())
        let normal = try values(ConversionSettings(distribution: .normal))
        #expect(abs(difference[0] - 0.6931471805599453 / 1.8137993642342178) < 1e-14)
        #expect(abs(normal[0] - 0.6931471805599453 / 1.65) < 1e-14)
        #expect(abs(normal[1] - 0.09 / 1.65 / 1.65) < 1e-14)
        let interval = ConversionInputs(["estimate": 1, "ci_low": 0, "ci_high": 2])
        let wide = try #require(try ConversionKind.error.convert(interval, settings: ConversionSettings(level: 0.5)))
        #expect(abs(wide.values[1].value - 1 / 0.6744897501960817) < 1e-13)
        #expect(throws: MetaAnalysisError.self) {
            try ConversionKind.error.convert(interval, settings: ConversionSettings(level: 95))
        }
    }
}
