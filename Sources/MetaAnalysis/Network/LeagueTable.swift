/// Every treatment against every other in one square: the network estimates below the diagonal, the direct ones above it.
///
/// Each cell is the treatment that stands earlier in `treatments` minus (or over, for ratios) the one that stands later: below
/// the diagonal that is column versus row, above it row versus column.
/// R: `netmeta::netleague(net)`.
public struct LeagueTable: Hashable, Sendable, Codable {
    public struct Cell: Hashable, Sendable, Codable {
        public var treatment: Treatment
        public var versus: Treatment
        /// On the analysis scale.
        public var estimate: Double
        public var confidenceInterval: ConfidenceInterval
    }

    /// In the order of rows and columns.
    public var treatments: [Treatment]
    public var scale: EffectScale
    /// n × n; `nil` on the diagonal and where no study compares the two.
    public var cells: [[Cell?]]

    /// - Parameters:
    ///   - fit: any network result.
    ///   - order: a permutation of its treatments, such as that of a ranking; `nil` takes their own.
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
    /// Network estimates below the diagonal, direct ones above.
    public var leagueTable: LeagueTable { LeagueTable(self) }
}
