internal import RealModule

/// Fits of the Copas model to one set of studies at different chances of publication.
struct CopasSearch {
    let responses: [Double]
    let errors: [Double]
    /// Estimates of random effects, the start of every climb.
    let start: CopasLikelihood.Point
    let correlations: ClosedRange<Double>

    /// A fit with the test of the asymmetry that is left.
    struct Tested {
        /// Parameter γ₀; `nil` without selection.
        var gamma0: Double?
        var gamma1: Double?
        var maximum: CopasLikelihood.Maximum
        var unpublished: Double
        var residualPValue: Double
    }

    /// Fits the model over γ₀ (outer) and γ₁ (inner), each from least to greatest.
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

    /// Tests a slope on the standard error: twice its gain in log-likelihood, against χ² with 1 degree of freedom.
    ///
    /// One climb begins at the fit without a slope, another at no correlation; the higher end counts.
    private func residualPValue(
        _ likelihood: CopasLikelihood, _ own: CopasLikelihood.Maximum, _ correlations: ClosedRange<Double>
    ) -> Double {
        let greatest = [own.point, start].map {
            likelihood.climb(from: $0, correlations: correlations, withSlope: true).logLikelihood
        }.reduce(own.logLikelihood, max)
        return ReferenceDistribution.chiSquared(degreesOfFreedom: 1).upperTail(2 * (greatest - own.logLikelihood))
    }
}

/// The line across a grid that begins at least selection and follows the direction in which the effect changes most.
struct CopasPath {
    let hasGradient: Bool
    private let gamma0: ClosedRange<Double>
    private let gamma1: ClosedRange<Double>
    /// End of the line; both axes run from least selection (0) to most (1).
    private let end: (gamma0: Double, gamma1: Double)

    /// Finds the direction from the least-squares plane through the effects of the grid, with both axes in units of their range.
    init(
        _ gamma0: ClosedRange<Double>, _ gamma1: ClosedRange<Double>, _ grid: [[CopasLikelihood.Maximum]]
    ) {
        self.gamma0 = gamma0
        self.gamma1 = gamma1
        let center = Double(grid.count - 1) / 2
        var slope = (0.0, 0.0)
        for (outer, row) in grid.enumerated() {
            for (inner, maximum) in row.enumerated() {
                // Relative to one effect: a constant shared by all does not change the slope.
                let effect = maximum.point.mean - grid[0][0].point.mean
                slope.0 += (Double(outer) - center) * effect
                slope.1 += (Double(inner) - center) * effect
            }
        }
        let (first, second) = (abs(slope.0), abs(slope.1))
        // Selection moves the effect in the same direction along both axes; otherwise the plane shows noise.
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
    /// Returns `count` evenly spaced values, both ends included.
    func points(_ count: Int) -> [Double] {
        (0..<count).map { index in
            let share = Double(index) / Double(count - 1)
            return (1 - share) * lowerBound + share * upperBound
        }
    }
}
