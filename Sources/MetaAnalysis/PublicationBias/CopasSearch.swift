internal import RealModule

/// Fits of the Copas model to one set of studies at different chances of publication.
struct CopasSearch {
    let responses: [Double]
    let errors: [Double]
    /// Random effects, from which every climb begins.
    let start: CopasLikelihood.Point
    let correlations: ClosedRange<Double>

    /// A fit with the test of what asymmetry it leaves.
    struct Tested {
        /// `nil` without selection.
        var gamma0: Double?
        var gamma1: Double?
        var maximum: CopasLikelihood.Maximum
        var unpublished: Double
        var residualPValue: Double
    }

    /// The fits over γ₀ (outer) and γ₁ (inner), each from least to greatest.
    func grid(
        _ gamma0: ClosedRange<Double>, _ gamma1: ClosedRange<Double>, count: Int
    ) -> [[CopasLikelihood.Maximum]] {
        gamma0.points(count).map { outer in
            gamma1.points(count).map { inner in
                CopasLikelihood(responses, errors: errors, gamma0: outer, gamma1: inner)
                    .climb(from: start, correlations: correlations)
            }
        }
    }

    func tested(_ gamma0: Double, _ gamma1: Double) -> Tested {
        let likelihood = CopasLikelihood(responses, errors: errors, gamma0: gamma0, gamma1: gamma1)
        let own = likelihood.climb(from: start, correlations: correlations)
        return Tested(
            gamma0: gamma0, gamma1: gamma1, maximum: own, unpublished: likelihood.unpublished,
            residualPValue: residualPValue(likelihood, own, correlations))
    }

    func unselected() -> Tested {
        let likelihood = CopasLikelihood(unselected: responses, errors: errors)
        let own = likelihood.climb(from: start, correlations: 0...0)
        return Tested(
            gamma0: nil, gamma1: nil, maximum: own, unpublished: 0,
            residualPValue: residualPValue(likelihood, own, 0...0))
    }

    /// Twice the gain in likelihood by a slope on the standard error, as χ² with 1 degree of freedom.
    ///
    /// The climb goes on from the fit without a slope and from no correlation, whichever leads higher.
    private func residualPValue(
        _ likelihood: CopasLikelihood, _ own: CopasLikelihood.Maximum, _ correlations: ClosedRange<Double>
    ) -> Double {
        let greatest = [own.point, start].map {
            likelihood.climb(from: $0, correlations: correlations, withSlope: true).logLikelihood
        }.reduce(own.logLikelihood, max)
        return ReferenceDistribution.chiSquared(degreesOfFreedom: 1).upperTail(2 * (greatest - own.logLikelihood))
    }
}

/// The line across a grid from least selection along which the effect changes most.
struct CopasPath {
    let hasGradient: Bool
    private let gamma0: ClosedRange<Double>
    private let gamma1: ClosedRange<Double>
    /// Where the line ends, both axes counted from least selection (0) to most (1).
    private let end: (gamma0: Double, gamma1: Double)

    /// By the plane of least squares through the effects of the grid, both axes in units of their range.
    init(
        _ gamma0: ClosedRange<Double>, _ gamma1: ClosedRange<Double>, _ grid: [[CopasLikelihood.Maximum]]
    ) {
        self.gamma0 = gamma0
        self.gamma1 = gamma1
        let center = Double(grid.count - 1) / 2
        var slope = (0.0, 0.0)
        for (outer, row) in grid.enumerated() {
            for (inner, maximum) in row.enumerated() {
                // Counted from one effect: what is common to all adds nothing.
                let effect = maximum.point.mean - grid[0][0].point.mean
                slope.0 += (Double(outer) - center) * effect
                slope.1 += (Double(inner) - center) * effect
            }
        }
        let (first, second) = (abs(slope.0), abs(slope.1))
        // Selection moves the effect to one side along either axis, or the plane shows noise.
        hasGradient = slope.0 * slope.1 > 0
        end = hasGradient ? (first / max(first, second), second / max(first, second)) : (1, 1)
    }

    func place(_ share: Double) -> (gamma0: Double, gamma1: Double) {
        (
            gamma0.upperBound - share * end.gamma0 * (gamma0.upperBound - gamma0.lowerBound),
            gamma1.upperBound - share * end.gamma1 * (gamma1.upperBound - gamma1.lowerBound)
        )
    }
}

extension ClosedRange<Double> {
    /// Evenly spaced, both ends included.
    func points(_ count: Int) -> [Double] {
        (0..<count).map { index in
            let share = Double(index) / Double(count - 1)
            return (1 - share) * lowerBound + share * upperBound
        }
    }
}
