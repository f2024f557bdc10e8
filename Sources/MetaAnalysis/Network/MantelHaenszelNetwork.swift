internal import RealModule

/// Odds ratios of all treatments of a network by the Mantel–Haenszel method, under common effects.
///
/// Use it for rare events: the sums are over the counts themselves, so that zero cells need no correction. Do not use it for effects that
/// vary between studies (use `NetworkMetaAnalysis`). For very few studies of very rare events see `HypergeometricNetwork`.
///
/// ```swift
/// let network = try TreatmentNetwork(arms, measure: .oddsRatio)
/// let fit = try MantelHaenszelNetwork(reference: "placebo").fit(network)
/// ```
///
/// The studies that compare the same treatments form a design. With events e and non-events f of the arms of its studies of N participants,
/// Cᵢⱼ = Σ eᵢfⱼ/N, Lᵢⱼ = log Cᵢⱼ/Cⱼᵢ, and the design's effect of treatment i is the mean of Lᵢⱼ over its treatments j, with Greenland's
/// covariance. Designs are combined by generalized least squares, and `inconsistency.betweenDesigns` tests whether they agree. For two
/// treatments this is `MantelHaenszel`.
///
/// The following are left out, all by name in `excluded` and `diagnostics`: studies without events, or with events only, in all arms; arms
/// of a treatment without events, or with events only, in all studies of a design, or without a finite odds ratio there; and studies that
/// then have a single arm.
///
/// Heterogeneity, and the other two tests of `inconsistency`, use the studies' own effects around the Mantel–Haenszel estimates of network
/// and designs, with ½ added to the cells of studies with a zero, as in `MantelHaenszel`; with rare events they have little meaning. O(Σ
/// a³ + n³) for n treatments and studies of a arms.
/// R: `netmeta::netmetabin(p, method="MH", sm="OR")`, which gives the test between designs only.
///
/// Source: Efthimiou et al. (2019), Statistics in Medicine 38, doi:10.1002/sim.8158; variance: Robins, Breslow &
/// Greenland (1986), Biometrics 42, doi:10.2307/2531052, and Greenland (1989), Biometrics 45, 183–191.
public struct MantelHaenszelNetwork: Hashable, Sendable, Codable {
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Reference treatment of tables; `nil` takes the treatment with the most studies. No number depends on it.
    public var reference: Treatment?
    /// Number added to the events and to the non-events of all arms of a study with a zero cell, at least 0. The method itself has 0, the
    /// default; a greater number keeps arms without events in any study of their design. R: `cc.pooled=TRUE`.
    public var increment: Double

    /// Creates a model, by default at the 95% level and without an increment.
    public init(level: Double = 0.95, reference: Treatment? = nil, increment: Double = 0) {
        self.level = level
        self.reference = reference
        self.increment = increment
    }

    /// Estimates all log odds ratios.
    ///
    /// - Throws: `MetaAnalysisError`: `.unsupportedCombination` for a network of another measure or without counts, `.notEstimable` when
    ///   no study has events to compare, `.disconnectedNetwork` when the remaining network is disconnected, `.invalidSetting` for an
    ///   unknown reference, a level outside (0, 1) or a negative increment.
    public func fit(_ network: TreatmentNetwork) throws -> NetworkFit {
        try ConfidenceInterval.check(level: level)
        guard increment >= 0, increment.isFinite else {
            throw MetaAnalysisError(
                .invalidSetting, "the increment is \(increment.plain)",
                remedy: "take a number of at least 0, such as 0.5")
        }
        var designs = try EventDesigns(network, method: "the Mantel-Haenszel method")
        let corrected = designs.add(increment)
        designs.excludeUninformativeArms()
        designs.excludeArmsWithoutPairs()
        let remaining = try designs.remainingNetwork()
        let reference = try designs.reference(self.reference, in: remaining)
        let estimates = try designs.designs.map { try DesignEstimate($0, remaining) }
        let combination = try Combination(estimates, treatments: remaining.treatments.count)
        var notes = corrected.isEmpty ? [] : [correction(corrected, of: remaining)]
        if combination.test.degreesOfFreedom == 0 {
            notes.append(
                Diagnostic(
                    .note, .notEstimable,
                    "every design is needed for the effects: nothing is left to test whether designs agree"))
        }
        return NetworkFit(
            designs, remaining, model: .mantelHaenszel, estimates: combination.effects,
            covariance: combination.covariance, reference: reference, level: level,
            inconsistency: try Inconsistency(designs, remaining, estimates, combination), fit: nil, diagnostics: notes)
    }

    private func correction(_ studies: [String], of network: TreatmentNetwork) -> Diagnostic {
        Diagnostic(
            .note, .continuityCorrection,
            "\(increment.plain) added to the cells of all arms of \(studies.count) of \(network.studies.count) studies",
            studies: studies)
    }
}

extension EventDesigns.Design {
    /// Sums Cᵢⱼ for all pairs of arms.
    fileprivate var crossings: Matrix {
        var crossings = Matrix(rows: treatments.count, columns: treatments.count)
        for study in studies {
            for first in treatments.indices {
                for second in treatments.indices where second != first {
                    crossings[first, second] += study.events[first] / study.size * study.nonEvents(second)
                }
            }
        }
        return crossings
    }

    /// Returns Cᵢⱼ − Cⱼᵢ, without cancellation.
    fileprivate func excess(_ first: Int, _ second: Int) -> Double {
        studies.reduce(0) { sum, study in
            sum
                + ProductDifference(
                    study.events[first], study.nonEvents(second), minus: study.nonEvents(first), study.events[second]
                ).quotient(by: study.size, 1)
        }
    }
}

extension EventDesigns {
    /// Adds the increment to the cells of studies with a zero cell.
    ///
    /// - Returns: labels of these studies.
    fileprivate mutating func add(_ increment: Double) -> [String] {
        guard increment > 0 else { return [] }
        var corrected: [String] = []
        adjust { study in
            guard study.events.indices.contains(where: { study.events[$0] == 0 || study.nonEvents($0) == 0 }) else {
                return
            }
            corrected.append(study.label)
            study.events = study.events.map { $0 + increment }
            study.sizes = study.sizes.map { $0 + 2 * increment }
        }
        return corrected.sorted()
    }

    /// Leaves out arms until all odds ratios of a design have an estimate: first those that lack the most, and among these the last one.
    fileprivate mutating func excludeArmsWithoutPairs() {
        for index in designs.indices {
            while designs[index].treatments.count > 1 {
                let crossings = designs[index].crossings
                let names = designs[index].treatments
                var missing = names.map { _ in [Int]() }
                for first in names.indices {
                    for second in names.indices
                    where first != second && !(crossings[first, second] > 0 && crossings[second, first] > 0) {
                        missing[first].append(second)
                    }
                }
                let most = missing.map(\.count).max() ?? 0
                guard most > 0, let arm = missing.lastIndex(where: { $0.count == most }) else { break }
                let others = missing[arm].map { quoted(names[$0].name) }.joined(separator: ", ")
                excludeArm(arm, of: index, "without a finite odds ratio versus \(others)")
            }
        }
        removeEmptyDesigns()
    }
}

/// Effects of the treatments of one design, which sum to 0, with their covariance.
private struct DesignEstimate {
    /// Positions of the treatments in the network.
    let arms: [Int]
    let effects: [Double]
    /// Pseudo-inverse of the covariance.
    let weights: Matrix

    init(_ design: EventDesigns.Design, _ network: TreatmentNetwork) throws {
        arms = design.treatments.compactMap { network.index(of: $0) }
        let crossings = design.crossings
        let count = arms.count
        let share = 1 / Double(count)
        effects = (0..<count).map { arm in
            var sum = 0.0
            for other in 0..<count where other != arm {
                sum += logRatio(
                    crossings[arm, other] / crossings[other, arm],
                    exceedingOneBy: design.excess(arm, other) / crossings[other, arm])
            }
            return share * sum
        }
        let covariance = Self.covariance(design, crossings)
        do { weights = try LaplacianInverse(covariance).matrix } catch {
            throw MetaAnalysisError(
                .notEstimable,
                "the Mantel-Haenszel odds ratios of design \(quoted(design.name)) have no usable covariance: events are"
                    + " too few", remedy: "leave its studies out, or use HypergeometricNetwork")
        }
    }

    /// Computes the covariance of the means of Lᵢⱼ over j: Σⱼₗ cov(Lᵢⱼ, Lₖₗ) / a², where pairs without a common arm have covariance 0.
    private static func covariance(_ design: EventDesigns.Design, _ crossings: Matrix) -> Matrix {
        let arms = design.treatments.indices
        var covariance = Matrix(rows: arms.count, columns: arms.count)
        /// Adds s·cov(Lᵢⱼ, Lᵢₖ) to the covariances of i, j and k, with the sign of each.
        func add(_ value: Double, _ left: (Int, Int), _ right: (Int, Int)) {
            for (row, sign) in [(left.0, 1.0), (left.1, -1.0)] {
                for (column, other) in [(right.0, 1.0), (right.1, -1.0)] {
                    covariance[row, column] += sign * other * value
                }
            }
        }
        let scale = 1 / Double(arms.count * arms.count)
        for first in arms {
            for second in arms where second > first {
                add(scale * variance(design, crossings, first, second), (first, second), (first, second))
            }
            for second in arms where second != first {
                for third in arms where third != first && third != second {
                    add(
                        scale * Self.covariance(design, crossings, first, second, third), (first, second),
                        (first, third))
                }
            }
        }
        return covariance
    }

    /// Returns the variance of Lᵢⱼ by Robins, Breslow and Greenland.
    private static func variance(
        _ design: EventDesigns.Design, _ crossings: Matrix, _ i: Int, _ j: Int
    ) -> Double {
        let (forward, backward) = (crossings[i, j], crossings[j, i])
        var sum = 0.0
        for study in design.studies {
            let n = study.size
            let r = study.events[i] / n * study.nonEvents(j) / forward
            let s = study.events[j] / n * study.nonEvents(i) / backward
            let p = (study.events[i] + study.nonEvents(j)) / n
            let q = (study.events[j] + study.nonEvents(i)) / n
            sum += p * r / forward + p * s / forward + q * r / backward + q * s / backward
        }
        return 0.5 * sum
    }

    /// Returns the covariance of Lᵢⱼ and Lᵢₖ by Greenland: with ψ the odds ratios exp L and m participants in arm i,
    /// Σ (eᵢfⱼfₖ + ψᵢⱼ m eⱼfₖ + ψᵢₖ m eₖfⱼ + ψᵢⱼψᵢₖ fᵢeⱼeₖ) / (3N² CᵢⱼCᵢₖ).
    private static func covariance(
        _ design: EventDesigns.Design, _ crossings: Matrix, _ i: Int, _ j: Int, _ k: Int
    ) -> Double {
        let (toSecond, fromSecond) = (crossings[i, j], crossings[j, i])
        let (toThird, fromThird) = (crossings[i, k], crossings[k, i])
        var sum = 0.0
        for study in design.studies {
            let n = study.size
            let (ei, ej, ek) = (study.events[i] / n, study.events[j] / n, study.events[k] / n)
            let (fi, fj, fk) = (study.nonEvents(i), study.nonEvents(j), study.nonEvents(k))
            let size = study.sizes[i] / n
            sum += ei * (fj / toSecond) * (fk / n / toThird)
            sum += size * (ej / fromSecond) * (fk / toThird) + size * (ek / fromThird) * (fj / toSecond)
            sum += fi * (ej / fromSecond) * (ek / fromThird)
        }
        return sum / 3
    }
}

/// The combination of designs by generalized least squares.
private struct Combination {
    /// Effects of the n treatments, which sum to 0.
    let effects: [Double]
    let covariance: Matrix
    /// Test of whether the designs agree.
    let test: InconsistencyTest

    init(_ designs: [DesignEstimate], treatments: Int) throws {
        var laplacian = Matrix(rows: treatments, columns: treatments)
        for design in designs {
            for (row, first) in design.arms.enumerated() {
                for (column, second) in design.arms.enumerated() {
                    laplacian[first, second] += design.weights[row, column]
                }
            }
        }
        guard let inverse = try? LaplacianInverse(laplacian) else { throw MetaAnalysisError.outOfRange }
        covariance = inverse.matrix
        var effects = Array(repeating: 0.0, count: treatments)
        // A second solution removes most of the rounding error.
        for _ in 0..<2 {
            var products = Array(repeating: 0.0, count: treatments)
            for design in designs {
                let rest = design.arms.indices.map { design.effects[$0] - effects[design.arms[$0]] }
                for (arm, product) in zip(design.arms, design.weights * rest) { products[arm] += product }
            }
            effects = zip(effects, inverse.matrix * products).map { $0 + $1 }
        }
        self.effects = effects
        var q = 0.0
        for design in designs {
            let rest = design.arms.indices.map { design.effects[$0] - effects[design.arms[$0]] }
            q += zip(rest, design.weights * rest).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let degrees = designs.reduce(0) { $0 + $1.arms.count - 1 } - (treatments - 1)
        // Without degrees of freedom only rounding error is left.
        test = InconsistencyTest(q: degrees > 0 ? max(0, q) : 0, degreesOfFreedom: degrees)
    }
}

extension Inconsistency {
    /// Computes the test between designs from their Mantel–Haenszel estimates, and the other tests from the studies' own effects around
    /// those.
    fileprivate init(
        _ designs: EventDesigns, _ network: TreatmentNetwork, _ estimates: [DesignEstimate], _ combination: Combination
    ) throws {
        let contrasts = try OrthogonalContrasts(network)
        var designOf: [String: Int] = [:]
        for (index, design) in designs.designs.enumerated() {
            for study in design.studies { designOf[study.label] = index }
        }
        var total = contrasts.inconsistencyQ
        var within = contrasts.inconsistencyQ
        var own = Array(repeating: 0.0, count: network.treatments.count)
        for (row, study) in contrasts.studies.enumerated() {
            guard let index = designOf[network.studies[study].label] else { continue }
            for (arm, effect) in zip(estimates[index].arms, estimates[index].effects) { own[arm] = effect }
            let around = contrasts.responses[row] - contrasts.rows.product(row, combination.effects)
            let aroundOwn = contrasts.responses[row] - contrasts.rows.product(row, own)
            total += around * around / contrasts.variances[row]
            within += aroundOwn * aroundOwn / contrasts.variances[row]
        }
        self.init(
            total: InconsistencyTest(q: total, degreesOfFreedom: network.degreesOfFreedom),
            withinDesigns: InconsistencyTest(
                q: within, degreesOfFreedom: network.degreesOfFreedom - Int(combination.test.degreesOfFreedom)),
            betweenDesigns: combination.test, designByTreatment: nil)
    }
}
