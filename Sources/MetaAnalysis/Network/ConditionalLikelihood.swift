internal import RealModule

/// The probability of the events of every study given their sum, as a function of the log odds of the treatments.
///
/// Its logarithm is concave, with the covariance of the events as its information; `HypergeometricNetwork` maximizes it.
struct ConditionalLikelihood {
    struct Study {
        /// Positions of the treatments in the network.
        let arms: [Int]
        let events: [Double]
        let sizes: [Double]
        let label: String
        let design: Int
    }

    let studies: [Study]
    let designCount: Int
    let treatments: Int
    let isExact: Bool

    init(_ designs: EventDesigns, _ network: TreatmentNetwork, _ likelihood: HypergeometricNetwork.Likelihood) {
        studies = designs.designs.enumerated().flatMap { index, design in
            let arms = design.treatments.compactMap { network.index(of: $0) }
            return design.studies.map {
                Study(arms: arms, events: $0.events, sizes: $0.sizes, label: $0.label, design: index)
            }
        }
        designCount = designs.designs.count
        treatments = network.treatments.count
        isExact = likelihood == .exact
    }

    /// The contribution of one study.
    struct Contribution {
        /// Log-likelihood without terms that do not depend on θ.
        var value: Double
        /// Observed minus expected events.
        var gradient: [Double]
        /// Covariance of the events.
        var information: Matrix
        /// Log probability of the events.
        var logProbability: Double
    }

    private func contribution(_ study: Study, _ effects: [Double]) -> Contribution {
        let total = study.events.reduce(0, +)
        let own = study.arms.map { effects[$0] }
        let linear = zip(study.events, own).reduce(0) { $0 + $1.0 * $1.1 }
        if isExact {
            let distribution = NoncentralHypergeometricDistribution(sizes: study.sizes, logOdds: own, total: total)
            return Contribution(
                value: linear - distribution.logNormalizer,
                gradient: zip(study.events, distribution.mean).map { $0 - $1 }, information: distribution.covariance,
                logProbability: distribution.logProbability(study.events))
        }
        let greatest = own.max() ?? 0
        let odds = zip(study.sizes, own).map { $0 * .exp($1 - greatest) }
        let sum = odds.reduce(0, +)
        let shares = odds.map { $0 / sum }
        var information = Matrix(rows: own.count, columns: own.count)
        for first in own.indices {
            for second in own.indices.dropFirst(first + 1) {
                let value = total * shares[first] * shares[second]
                information[first, second] = -value
                information[second, first] = -value
                information[first, first] += value
                information[second, second] += value
            }
        }
        var logProbability = Double.logGamma(total + 1)
        for (events, share) in zip(study.events, shares) where events > 0 {
            logProbability += events * .log(share) - .logGamma(events + 1)
        }
        return Contribution(
            value: linear - total * (greatest + .log(sum)),
            gradient: zip(study.events, shares).map { $0 - total * $1 }, information: information,
            logProbability: logProbability)
    }

    // MARK: Search

    struct Maximum {
        var effects: [Double]
        var covariance: Matrix
        var logProbability: Double
        var iterations: Int
    }

    private struct Point {
        var value = 0.0
        var logProbability = 0.0
        var gradient: [Double]
        var information: Matrix
    }

    private func evaluate(_ effects: [Double]) -> Point {
        var point = Point(
            gradient: Array(repeating: 0, count: treatments), information: Matrix(rows: treatments, columns: treatments)
        )
        for study in studies {
            let part = contribution(study, effects)
            point.value += part.value
            point.logProbability += part.logProbability
            for (row, first) in study.arms.enumerated() {
                point.gradient[first] += part.gradient[row]
                for (column, second) in study.arms.enumerated() {
                    point.information[first, second] += part.information[row, column]
                }
            }
        }
        return point
    }

    /// Returns the log-likelihood and the inverse of its information at any effects.
    func value(at effects: [Double]) throws -> (logProbability: Double, covariance: Matrix) {
        let point = evaluate(effects)
        guard let inverse = try? LaplacianInverse(point.information) else { throw Self.noMaximum }
        return (point.logProbability, inverse.matrix)
    }

    /// Finds the maximum by Newton's method, where each step is halved until the likelihood rises.
    ///
    /// - Parameter start: one effect for each treatment; `nil` for no effect.
    func maximum(from start: [Double]? = nil) throws -> Maximum {
        var effects = start ?? Array(repeating: 0.0, count: treatments)
        var point = evaluate(effects)
        var previous = Double.infinity
        for iteration in 1...Self.mostSteps {
            guard let covariance = try? LaplacianInverse(point.information).matrix else { break }
            let step = covariance * point.gradient
            // Twice the expected gain of the step: the squared distance from the maximum in standard errors.
            let distance = zip(step, point.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            guard distance.isFinite else { break }
            // For very large counts the rounding error of the gradient exceeds this bound, and further steps gain nothing.
            if distance < Self.leastDistance || distance < 1e-12 && distance >= previous {
                let mean = effects.reduce(0, +) / Double(treatments)
                return Maximum(
                    effects: zip(effects, step).map { $0 + $1 - mean }, covariance: covariance,
                    logProbability: point.logProbability, iterations: iteration)
            }
            previous = distance
            var length = 1.0
            var next = zip(effects, step).map { $0 + $1 }
            var reached = evaluate(next)
            // Close to the maximum Newton's step is safe, and rounding of the likelihood hides the gain.
            while distance > 1e-4, !(reached.value > point.value), length > 1e-6 {
                length /= 2
                next = zip(effects, step).map { $0 + length * $1 }
                reached = evaluate(next)
            }
            effects = next
            point = reached
        }
        throw Self.noMaximum
    }

    private static let noMaximum = MetaAnalysisError(
        .notConverged, "the likelihood of the hypergeometric network has no maximum that can be found",
        remedy: "check counts that differ by many orders of magnitude, or use MantelHaenszelNetwork")

    private static let mostSteps = 200
    /// Squared distance from which a step ends within 10⁻¹⁸ standard errors of the maximum, apart from rounding.
    private static let leastDistance = 1e-18

    /// Checks that the maximum is finite: every treatment's events could move to every other treatment by a chain of studies. In one step
    /// of the chain, an event moves from one arm of a study to another arm with participants without an event.
    ///
    /// - Throws: `MetaAnalysisError` (`.notEstimable`) naming the treatments whose effect is infinite.
    func requireFiniteMaximum(_ names: [Treatment]) throws {
        func reached(forward: Bool) -> Set<Int> {
            var found: Set<Int> = [0]
            var isGrowing = true
            while isGrowing {
                isGrowing = false
                for study in studies {
                    for (from, first) in study.arms.enumerated() where study.events[from] > 0 {
                        for (to, second) in study.arms.enumerated() where from != to {
                            guard !isExact || study.events[to] < study.sizes[to] else { continue }
                            let (start, end) = forward ? (first, second) : (second, first)
                            if found.contains(start), found.insert(end).inserted { isGrowing = true }
                        }
                    }
                }
            }
            return found
        }
        let forward = reached(forward: true)
        let all = Set(names.indices)
        // Treatments whose events cannot move to any other.
        let closed = forward.count < names.count ? forward : all.subtracting(reached(forward: false))
        guard !closed.isEmpty else { return }
        func list(_ positions: Set<Int>) -> String {
            positions.sorted().map { quoted(names[$0].name) }.joined(separator: ", ")
        }
        throw MetaAnalysisError(
            .notEstimable,
            "the odds ratios of \(list(closed)) versus \(list(all.subtracting(closed))) are 0: in every study that"
                + " compares them, the former have as few of its events as could be",
            remedy:
                "leave those treatments out, or use a continuity correction (MantelHaenszelNetwork with an increment,"
                + " or NetworkMetaAnalysis)")
    }

    // MARK: Results

    /// Computes score tests of effects that differ from study to study, and from design to design.
    func scoreTests(at effects: [Double]) -> Inconsistency {
        var total = 0.0
        var designs = Array(repeating: Contribution?.none, count: designCount)
        var degrees = 0
        var armCounts = Array(repeating: 0, count: designCount)
        for study in studies {
            let part = contribution(study, effects)
            total += Self.score(part)
            degrees += study.arms.count - 1
            armCounts[study.design] = study.arms.count
            if var sum = designs[study.design] {
                for index in sum.gradient.indices { sum.gradient[index] += part.gradient[index] }
                for index in sum.information.elements.indices {
                    sum.information.elements[index] += part.information.elements[index]
                }
                designs[study.design] = sum
            } else {
                designs[study.design] = part
            }
        }
        let betweenDegrees = armCounts.reduce(0) { $0 + $1 - 1 } - (treatments - 1)
        let totalDegrees = degrees - (treatments - 1)
        // Without degrees of freedom only rounding error is left.
        let between = betweenDegrees > 0 ? designs.reduce(0) { $0 + ($1.map(Self.score) ?? 0) } : 0
        if totalDegrees == 0 { total = 0 }
        return Inconsistency(
            total: InconsistencyTest(q: total, degreesOfFreedom: totalDegrees),
            withinDesigns: InconsistencyTest(
                q: totalDegrees > betweenDegrees ? max(0, total - between) : 0,
                degreesOfFreedom: totalDegrees - betweenDegrees),
            betweenDesigns: InconsistencyTest(q: between, degreesOfFreedom: betweenDegrees),
            designByTreatment: nil)
    }

    /// Returns gᵀI⁺g; 0 for a study whose events are determined by their sum.
    private static func score(_ part: Contribution) -> Double {
        guard let inverse = try? LaplacianInverse(part.information).matrix else { return 0 }
        return zip(part.gradient, inverse * part.gradient).reduce(0) { $0 + $1.0 * $1.1 }
    }

    func statistics(_ maximum: Maximum) -> FitStatistics {
        let observations = studies.reduce(0) { $0 + $1.arms.count - 1 }
        let p = Double(treatments - 1)
        let n = max(Double(observations), p + 2)
        let likelihood = maximum.logProbability
        return FitStatistics(
            logLikelihood: likelihood, isRestricted: false, deviance: -2 * likelihood, aic: 2 * (p - likelihood),
            aicc: 2 * (p * n / (n - p - 1) - likelihood), bic: p * .log(Double(observations)) - 2 * likelihood,
            iterations: maximum.iterations)
    }

    /// Greatest risk of a rare event: above it the multinomial log odds ratio is off by more than a tenth.
    private static let greatestRareRisk = 0.1

    var riskDiagnostics: [Diagnostic] {
        guard !isExact else { return [] }
        let common = studies.filter { $0.events.reduce(0, +) > Self.greatestRareRisk * $0.sizes.reduce(0, +) }
        guard !common.isEmpty else { return [] }
        return [
            Diagnostic(
                .warning, .unusualCombination,
                "the multinomial approximation supposes rare events, and more than a tenth of the participants of"
                    + " \(common.count) of \(studies.count) studies had one: effects are too near to none (those of the"
                    + " exact likelihood are not)", studies: common.map(\.label).sorted())
        ]
    }
}
