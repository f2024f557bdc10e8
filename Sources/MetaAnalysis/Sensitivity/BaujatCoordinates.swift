/// Coordinates of the Baujat plot: the contribution of each study to heterogeneity and its influence on the pooled effect.
///
/// Studies far to the right differ from the others; studies at the top influence the result.
///
/// ```swift
/// let coordinates = try CommonEffect().baujat(effects).studies
/// ```
public struct BaujatCoordinates: Hashable, Sendable, Codable {
    /// Studies in the order of the pooled studies.
    public var studies: [Coordinate]
    /// Note on studies without a coordinate; empty if all have both.
    public var diagnostics: [Diagnostic]

    /// Point of one study in the Baujat plot.
    public struct Coordinate: Hashable, Sendable, Codable {
        /// Label of the study, as in the data.
        public var label: String
        /// Line of the file that the study was read from; `nil` for data from elsewhere.
        public var row: Int?
        /// Horizontal coordinate, (y − μ̂)² / (v + τ²): the study's term in Cochran's Q under a common effect. `nil` when the
        /// study has no effect of its own.
        public var heterogeneity: Double?
        /// Vertical coordinate, (μ̂ − μ̂₋)² / SE₋², with the average without the study and its standard error. `nil` when the
        /// others have no average with a standard error above 0.
        public var influence: Double?
    }
}

extension PoolingModel {
    /// Computes the coordinates of the Baujat plot.
    ///
    /// The complexity is that of `leaveOneOut(_:)`. R: `baujat(rma(yi, vi))`.
    ///
    /// - Throws: the errors of `fit` for all studies. A coordinate that cannot be computed is `nil`, with a diagnostic.
    ///
    /// Source: Baujat, Mahé, Pignon & Hill (2002), Statistics in Medicine 21, doi:10.1002/sim.1221.
    public func baujat(_ effects: EffectSizes) throws -> BaujatCoordinates {
        let whole = try fit(effects)
        var missing: [String] = []
        let omissions = omissions(from: effects, whole)
        let coordinates = zip(whole.studies, omissions).map { study, omission in
            var coordinate = BaujatCoordinates.Coordinate(label: study.label, row: study.row)
            if let own = study.estimate, let variance = study.variance {
                let distance = own - whole.estimate
                coordinate.heterogeneity = distance * distance / (variance + whole.heterogeneity.tauSquared)
            }
            if let estimate = omission.record.estimate, let error = omission.record.standardError, error > 0 {
                let change = (whole.estimate - estimate) / error
                coordinate.influence = change * change
            }
            if coordinate.heterogeneity == nil || coordinate.influence == nil { missing.append(study.label) }
            return coordinate
        }
        let notes =
            missing.isEmpty
            ? []
            : [
                Diagnostic(
                    .note, .notEstimable,
                    "no place in Baujat's plot: no effect of its own, or no average with a standard error without it",
                    studies: missing)
            ]
        return BaujatCoordinates(studies: coordinates, diagnostics: notes)
    }
}
