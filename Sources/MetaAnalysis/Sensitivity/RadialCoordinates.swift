/// Coordinates of Galbraith's radial plot, of standardized effects against their precision: points, line and band.
///
/// Studies of one effect vary evenly around a line through the origin with that effect as its slope; about one in twenty lies
/// outside the 95% band. Studies outside the band contribute most to heterogeneity.
///
/// ```swift
/// let outside = try CommonEffect().fit(effects).radialCoordinates.studies.filter(\.isOutside)
/// ```
///
/// With s = √(v + τ²) the precision is 1 / s and the standardized effect y / s, so that every point has standard deviation 1.
/// Studies without an effect or a variance of their own are left out.
///
/// R: `radial(rma(yi, vi))`.
///
/// Source: Galbraith (1988), Statistics in Medicine 7, doi:10.1002/sim.4780070807.
public struct RadialCoordinates: Hashable, Sendable, Codable {
    /// Point of one study in the radial plot.
    public struct Coordinate: Hashable, Sendable, Codable {
        /// Label of the study, as in the data.
        public var label: String
        /// Line of the file that the study was read from; `nil` for data from elsewhere.
        public var row: Int?
        /// Horizontal coordinate, the precision 1 / √(v + τ²).
        public var precision: Double
        /// Vertical coordinate, the standardized effect y / √(v + τ²).
        public var standardizedEffect: Double
        /// Whether the point lies outside the band.
        public var isOutside: Bool
    }

    /// Studies in the order of the pooled studies.
    public var studies: [Coordinate]
    /// Slope of the line: the pooled effect on the analysis scale.
    public var slope: Double
    /// Vertical distance from the line to either edge of the band: the two-sided normal quantile at the level of the fit.
    public var halfWidth: Double
    /// τ² added to the sampling variances; 0 under a common effect and for models of counts.
    public var tauSquared: Double
}

extension PooledEffect {
    /// Coordinates of the radial plot, in O(k).
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
