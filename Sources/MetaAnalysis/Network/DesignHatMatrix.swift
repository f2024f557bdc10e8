/// The hat matrix of the pooled designs: the weight of each design in each network estimate.
///
/// Network estimates are linear in the estimates of the designs, `estimates = values · design estimates`. A row shows on which direct
/// comparisons an estimate rests, and with which sign; its entries are not percentages.
///
/// ```swift
/// let hat = try DesignHatMatrix(network)
/// hat.values[row][column]       // weight of hat.columns[column] in the estimate of hat.rows[row]
/// ```
///
/// A design of a arms gives a − 1 columns, its other treatments versus its base. The base is `reference` where the design contains it,
/// otherwise the first treatment by name. With x the contrast of a row, L_d the weighted Laplacian of the design and e the effect of one of
/// its arms, an entry is xᵀ L⁺ L_d e. Shapes: n(n − 1)/2 rows, Σ (a − 1) columns over the designs. O(n³) and the size of the matrix.
///
/// R: `netmeta:::nma_krahn(net)$H`, the input of `netmeta::netheat`.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35; König, Krahn &
/// Binder (2013), Statistics in Medicine 32, doi:10.1002/sim.6001.
public struct DesignHatMatrix: Hashable, Sendable, Codable {
    /// A network estimate, `treatment` − `versus`.
    public struct Row: Hashable, Sendable, Codable {
        /// First treatment of the estimate.
        public var treatment: Treatment
        /// Second treatment of the estimate, whose effect is subtracted.
        public var versus: Treatment
    }

    /// A contrast that the studies of a design estimate, `treatment` − `versus`.
    public struct Column: Hashable, Sendable, Codable {
        /// Name of the design: its treatments with colons between them, "A:B:C".
        public var design: String
        /// Treatment of the contrast.
        public var treatment: Treatment
        /// Base of the design, whose effect is subtracted.
        public var versus: Treatment
        /// Estimate from the studies of the design alone, on the analysis scale.
        public var estimate: Double
        /// Standard error of the design's own estimate, with τ² in the weights.
        public var standardError: Double
        /// Number of studies of the design.
        public var studies: Int
    }

    /// Network estimates of every pair once; `versus` is the treatment that comes first (the reference, then by name).
    public var rows: [Row]
    /// Contrasts of the designs, in the order of `TreatmentNetwork.designs`.
    public var columns: [Column]
    /// Weights, a row for each of `rows` and in it a number for each of `columns`.
    public var values: [[Double]]
    /// Between-study variance in the weights, on the squared analysis scale.
    public var tauSquared: Double

    /// Computes the hat matrix of the pooled designs.
    ///
    /// - Parameters:
    ///   - reference: base of the designs that contain it, and of the estimates versus it; `nil` takes the first treatments by name.
    ///   - tauSquared: between-study variance in the weights, at least 0.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for a disconnected network, `.invalidSetting` for a negative τ².
    public init(_ network: TreatmentNetwork, reference: Treatment? = nil, tauSquared: Double = 0) throws {
        try DesignDecomposition.check(tauSquared)
        let fit = try DesignLevelFit(moderating: network, at: tauSquared)
        let base = reference.flatMap(network.index(of:))
        let order = [base].compactMap(\.self) + network.treatments.indices.filter { $0 != base }
        var columns: [Column] = []
        var effects: [[Double]] = []
        for (name, design) in zip(fit.names, fit.designs) {
            let first = design.arms.firstIndex { $0 == base } ?? 0
            let covariance = design.covariance
            for arm in design.arms.indices where arm != first {
                let variance =
                    covariance[arm, arm] + covariance[first, first] - 2 * covariance[arm, first]
                columns.append(
                    Column(
                        design: name, treatment: network.treatments[design.arms[arm]],
                        versus: network.treatments[design.arms[first]],
                        estimate: fit.factor * (design.effects[arm] - design.effects[first]),
                        standardError: fit.factor * max(0, variance).squareRoot(), studies: design.studies.count))
                effects.append(
                    network.treatments.indices.map { treatment in
                        design.arms.indices.reduce(0) {
                            $0 + fit.covariance[treatment, design.arms[$1]] * design.laplacian[$1, arm]
                        }
                    })
            }
        }
        var rows: [Row] = []
        var values: [[Double]] = []
        for (place, versus) in order.enumerated() {
            for treatment in order[(place + 1)...] {
                rows.append(Row(treatment: network.treatments[treatment], versus: network.treatments[versus]))
                values.append(effects.map { $0[treatment] - $0[versus] })
            }
        }
        self.rows = rows
        self.columns = columns
        self.values = values
        self.tauSquared = tauSquared
    }
}
