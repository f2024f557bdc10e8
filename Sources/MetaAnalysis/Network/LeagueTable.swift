/// Effects of every treatment versus every other in a square: network estimates below the diagonal, direct ones above it.
///
/// Each cell is the effect of the treatment that is earlier in `treatments` minus that of the later one (for ratios, divided by it after
/// back-transformation). Below the diagonal that is column versus row, above it row versus column.
/// R: `netmeta::netleague(net)`.
public struct LeagueTable: Hashable, Sendable, Codable {
    /// The effect in one cell of the table.
    public struct Cell: Hashable, Sendable, Codable {
        /// Treatment that is earlier in the order.
        public var treatment: Treatment
        /// Treatment that is later in the order, whose effect is subtracted.
        public var versus: Treatment
        /// Effect, on the analysis scale.
        public var estimate: Double
        /// Confidence interval of the effect, at the level of the fit.
        public var confidenceInterval: ConfidenceInterval
    }

    /// The n treatments in the order of rows and columns.
    public var treatments: [Treatment]
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Cells, n × n; `nil` on the diagonal, and above it where no study compares the two.
    public var cells: [[Cell?]]

    /// Arranges the effects of a fit in a square.
    ///
    /// - Parameters:
    ///   - fit: result of any network model.
    ///   - order: permutation of its treatments, such as that of a ranking; `nil` takes the order of the fit.
    public init(_ fit: NetworkFit, order: [Treatment]? = nil) {
        let treatments = order.map { order in order.filter(fit.treatments.contains) } ?? fit.treatments
        self.treatments = treatments
        scale = fit.scale
        cells = treatments.indices.map { row in
            treatments.indices.map { column in
                guard row != column,
                    let effect = fit.effect(of: treatments[min(row, column)], versus: treatments[max(row, column)])
                else { return nil }
                if row > column {
                    return Cell(
                        treatment: effect.treatment, versus: effect.versus, estimate: effect.estimate,
                        confidenceInterval: effect.confidenceInterval)
                }
                return effect.direct.map {
                    Cell(
                        treatment: effect.treatment, versus: effect.versus, estimate: $0.estimate,
                        confidenceInterval: $0.confidenceInterval)
                }
            }
        }
    }
}

extension NetworkFit {
    /// League table in the order of `treatments`: network estimates below the diagonal, direct ones above it.
    public var leagueTable: LeagueTable { LeagueTable(self) }
}
