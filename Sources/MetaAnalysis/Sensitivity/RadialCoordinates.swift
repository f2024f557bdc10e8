/// Standardised effects against their precision: the points, the line and the band of Galbraith's radial plot.
///
/// Studies of one effect scatter evenly around a line through the origin whose slope is that effect; about one in twenty lies off a band of
/// 95%. Studies off it add most to the heterogeneity.
///
/// ```swift
/// let outside = try CommonEffect().fit(effects).radialCoordinates.studies.filter(\.isOutside)
/// ```
///
/// With s = √(v + τ²) the precision is 1 / s and the standardised effect y / s, so that every point has the standard deviation 1. Studies
/// without an effect or a variance of their own have no place.
///
/// R: `radial(rma(yi, vi))`.
///
/// Source: Galbraith (1988), Statistics in Medicine 7, doi:10.1002/sim.4780070807.
public struct RadialCoordinates: Hashable, Sendable, Codable {
    public struct Coordinate: Hashable, Sendable, Codable {
        public var label: String
        /// Line of the file it was read from.
        public var row: Int?
        /// 1 / √(v + τ²).
        public var precision: Double
        /// y / √(v + τ²).
        public var standardizedEffect: Double
        /// Whether it lies off the band.
        public var isOutside: Bool
    }

    /// In the order of the pooled studies.
    public var studies: [Coordinate]
    /// Of the line: the pooled effect on the analysis scale.
    public var slope: Double
    /// How far the band of the level of the fit reaches above and below the line: a normal quantile.
    public var halfWidth: Double
    /// Added to the sampling variances; 0 under a common effect.
    public var tauSquared: Double
}

extension PooledEffect {
    /// The coordinates of the radial plot, O(k).
    public var radialCoordinates: RadialCoordinates {
        let tauSquared = settings.model == .random ? heterogeneity.tauSquared : 0
        let halfWidth = ReferenceDistribution.normal.twoSidedQuantile(level: settings.level)
        let coordinates = studies.compactMap { study -> RadialCoordinates.Coordinate? in
            guard let own = study.estimate, let variance = study.variance else { return nil }
            let deviation = (variance + tauSquared).squareRoot()
            let (precision, standardized) = (1 / deviation, own / deviation)
            guard deviation > 0, precision.isFinite, standardized.isFinite else { return nil }
            return RadialCoordinates.Coordinate(
                label: study.label, row: study.row, precision: precision, standardizedEffect: standardized,
                isOutside: abs(standardized - precision * estimate) > halfWidth)
        }
        return RadialCoordinates(studies: coordinates, slope: estimate, halfWidth: halfWidth, tauSquared: tauSquared)
    }
}
