/// What each study adds to the heterogeneity and how much it moves the average: the two axes of Baujat's plot.
///
/// Studies far to the right differ from the others; those high up matter for the result.
///
/// ```swift
/// let coordinates = try CommonEffect().baujat(effects).studies
/// ```
public struct BaujatCoordinates: Hashable, Sendable, Codable {
    /// In the order of the pooled studies.
    public var studies: [Coordinate]
    public var diagnostics: [Diagnostic]

    public struct Coordinate: Hashable, Sendable, Codable {
        public var label: String
        /// Line of the file it was read from.
        public var row: Int?
        /// (y − μ̂)² / (v + τ²): under a common effect the study's term in Cochran's Q.
        public var heterogeneity: Double?
        /// (μ̂ − μ̂₋)² / SE₋², with the average without the study and its standard error.
        public var influence: Double?
    }
}

extension PoolingModel {
    /// Finds the coordinates of Baujat's plot.
    ///
    /// Complexity as for `leaveOneOut(_:)`. R: `baujat(rma(yi, vi))`.
    ///
    /// - Throws: what `fit` throws for all studies. A coordinate that cannot be found is `nil`, with a diagnostic.
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
