internal import RealModule

/// Correlations of the two variables of a 2×2 table.
extension MeasureDescription {
    static let phi = MeasureDescription(
        "PHI", .twoByTwo, title: "phi coefficient", scale: .identity,
        definition: """
            y = (a d - b c) / sqrt(n1 n2 m1 m2) with n = n1 + n2, m1 = a + c, m2 = b + d; \
            CS, participants sampled without regard to group: v = (1 - y^2 + y (1 + y^2/2) s t \
            - 3/4 y^2 (s^2 + t^2)) / n with s = (n1 - n2) / sqrt(n1 n2), t = (m1 - m2) / sqrt(m1 m2); \
            ST, groups of given size: v = (D1^2 a b / n1^3 + D2^2 c d / n2^3) with \
            Dj = sqrt(n1 n2 / (m1 m2)) - y (nj / 2) (m2 - m1) / (m1 m2) (the first term of D2 negative)
            """,
        source: "Yule (1912), doi:10.2307/2340126", example: (-0.1001392327, 0.003181915375),
        variances: [.crossSectional, .stratified])

    static let fisherPhi = MeasureDescription(
        "ZPHI", .twoByTwo, title: "phi coefficient, Fisher's r-to-z transformed", scale: .fisherZ,
        definition: "y = atanh(p) with p the phi coefficient; v = v(p) / (1 - p^2)^2 with v(p) as for PHI",
        source: "Yule (1912), doi:10.2307/2340126", example: (-0.1004759888, 0.003246703915),
        variances: [.crossSectional, .stratified])

    static let yuleQ = MeasureDescription(
        "YUQ", .twoByTwo, title: "coefficient of association (Yule's Q)", scale: .identity,
        definition: """
            y = (o - 1) / (o + 1) with o = a d / (b c); v = (1 - y^2)^2 (1/a + 1/b + 1/c + 1/d) / 4
            """,
        source: "Yule (1912), doi:10.2307/2340126", example: (-0.437671609, 0.05835252032),
        usesContinuityCorrection: true)

    static let yuleY = MeasureDescription(
        "YUY", .twoByTwo, title: "coefficient of colligation (Yule's Y)", scale: .identity,
        definition: """
            y = (q - 1) / (q + 1) with q = sqrt(a d / (b c)); v = (1 - y^2)^2 (1/a + 1/b + 1/c + 1/d) / 16
            """,
        source: "Yule (1912), doi:10.2307/2340126", example: (-0.2304584102, 0.02001235891),
        usesContinuityCorrection: true)

    static let tetrachoric = MeasureDescription(
        "RTET", .twoByTwo, title: "tetrachoric correlation", scale: .identity,
        definition: """
            y = r with Phi2(h, k; r) = a / n, h and k the normal quantiles of n1 / n and (a + c) / n; \
            v by the derivatives of r for multinomial counts
            """,
        source: "Pearson (1900), doi:10.1098/rsta.1900.0022; Kirk (1973), doi:10.1007/BF02291118",
        example: (-0.2631230372, 0.02356636832))

    static let fisherTetrachoric = MeasureDescription(
        "ZTET", .twoByTwo, title: "tetrachoric correlation, Fisher's r-to-z transformed", scale: .fisherZ,
        definition: "y = atanh(r), v = v(r) / (1 - r^2)^2 with the tetrachoric correlation r and its variance",
        source: "Pearson (1900), doi:10.1098/rsta.1900.0022; Kirk (1973), doi:10.1007/BF02291118",
        example: (-0.2694607996, 0.02720266107))
}

extension TwoByTwoTable {
    private func requireMargins(_ measure: String) throws(Exclusion) {
        guard treatedEvents + controlEvents > 0 else {
            throw Exclusion("no events in either group, so \(measure) is not defined")
        }
        guard treatedNonEvents + controlNonEvents > 0 else {
            throw Exclusion("everybody in both groups had the event, so \(measure) is not defined")
        }
    }

    func phi(_ variant: VarianceVariant, transformed: Bool) throws(Exclusion) -> EffectEstimate {
        try requireMargins("the phi coefficient")
        guard treatedEvents + controlNonEvents > 0, treatedNonEvents + controlEvents > 0 else {
            throw Exclusion("group and event coincide, so the phi coefficient is 1 or -1 and has no sampling variance")
        }
        let size = treatedSize + controlSize
        let rows = (treatedSize / size, controlSize / size)
        let columns = ((treatedEvents + controlEvents) / size, (treatedNonEvents + controlNonEvents) / size)
        let rowScale = (rows.0 * rows.1).squareRoot()
        let columnScale = (columns.0 * columns.1).squareRoot()
        let phi = crossDifference.quotient(by: size, size) / rowScale / columnScale
        let variance: Double
        if variant == .stratified {
            // Derivatives of φ with respect to the two risks.
            let slope = rowScale / columnScale
            let shift = phi * (columns.0 - columns.1) / (2 * columnScale * columnScale)
            func part(_ slope: Double, _ events: Double, _ nonEvents: Double, _ size: Double) -> Double {
                slope * slope * (events / size) * (nonEvents / size) / size
            }
            variance =
                part(slope + rows.0 * shift, treatedEvents, treatedNonEvents, treatedSize)
                + part(rows.1 * shift - slope, controlEvents, controlNonEvents, controlSize)
        } else {
            // The mean square of the contributions xy − φ(x² + y²)/2 of the participants, with x and y standardized. It equals the formula
            // but does not cancel for rare events.
            func part(_ count: Double, _ x: Double, _ y: Double) -> Double {
                let distance = phi < 0 ? x + y : x - y
                let influence = (1 - abs(phi)) * x * y - phi / 2 * distance * distance
                return count / size * influence * influence
            }
            let (first, second) = (rows.1 / rowScale, -rows.0 / rowScale)
            let (event, nonEvent) = (columns.1 / columnScale, -columns.0 / columnScale)
            variance =
                (part(treatedEvents, first, event) + part(treatedNonEvents, first, nonEvent)
                    + part(controlEvents, second, event) + part(controlNonEvents, second, nonEvent)) / size
        }
        guard variance > 0 else {
            throw Exclusion("no variation within either group, so the phi coefficient has no sampling variance")
        }
        return transformed
            ? try Self.fisherTransformed(phi, (1 - phi) * (1 + phi), variance)
            : EffectEstimate(estimate: phi, variance: variance)
    }

    /// Computes Yule's Q or Y.
    ///
    /// - Parameter root: root of the odds ratio: 1 for Q, 2 for Y.
    func yule(root: Double) throws(Exclusion) -> EffectEstimate {
        let odds = try oddsRatio()
        // (o − 1)/(o + 1) and 1 minus its square, for o = exp(2x), without overflow.
        let x = odds.estimate / (2 * root)
        let cosine = Double.cosh(x)
        let complement = 1 / (cosine * cosine)
        return EffectEstimate(
            estimate: .tanh(x), variance: complement * complement * odds.variance / (4 * root * root))
    }

    func tetrachoric(transformed: Bool) throws(Exclusion) -> EffectEstimate {
        try requireMargins("the tetrachoric correlation")
        guard !hasZeroCell,
            let correlation = TetrachoricCorrelation(treatedEvents, treatedNonEvents, controlEvents, controlNonEvents)
        else {
            throw Exclusion(
                "a cell is 0 or next to it, so the tetrachoric correlation is 1 or -1 and has no sampling variance")
        }
        return transformed
            ? try Self.fisherTransformed(correlation.value, correlation.complement, correlation.variance)
            : EffectEstimate(estimate: correlation.value, variance: correlation.variance)
    }

    private static func fisherTransformed(
        _ correlation: Double, _ complement: Double, _ variance: Double
    ) throws(Exclusion) -> EffectEstimate {
        guard complement > 0 else {
            throw Exclusion("the correlation is 1 or -1 to rounding, which has no finite Fisher z")
        }
        // Close to 1, the complement has more digits than r itself: z = ln((1 + r)²/(1 − r²)) / 2.
        let size = abs(correlation)
        let transformed = size < 0.9 ? .atanh(size) : Double.log(onePlus: size) - .log(complement) / 2
        return EffectEstimate(
            estimate: Double(signOf: correlation, magnitudeOf: transformed),
            variance: variance / complement / complement)
    }
}
