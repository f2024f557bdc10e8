/// Point of a Q–Q plot: a residual and the normal quantile expected for its rank.
///
/// The points lie near the diagonal if the true effects are normal and the model holds. With few studies even normal effects
/// deviate widely.
///
/// ```swift
/// let points = try RandomEffects().influence(effects).quantileCoordinates
/// ```
///
/// The r-th of k residuals has the quantile of (r − a) / (k + 1 − 2a), with a = 3/8 for ten residuals or fewer and a = 1/2 for
/// more. Residuals are studentized; studies without one are left out.
///
/// R: `qqnorm(rma(yi, vi), type = "rstudent")`, and `ppoints(k)` for the probabilities.
public struct QuantileCoordinate: Hashable, Sendable, Codable {
    /// Label of the study, as in the data.
    public var label: String
    /// Line of the file that the study was read from; `nil` for data from elsewhere.
    public var row: Int?
    /// Standard normal quantile expected for the rank of the residual.
    public var quantile: Double
    /// Studentized residual.
    public var residual: Double
}

extension InfluenceAnalysis {
    /// Points of the Q–Q plot, from the least residual to the greatest, equal ones in the order of the studies; O(k log k).
    public var quantileCoordinates: [QuantileCoordinate] {
        let usable = studies.filter { $0.studentizedResidual?.isFinite == true }
        let residuals = usable.map { $0.studentizedResidual ?? 0 }
        let order = usable.indices.sorted { (residuals[$0], $0) < (residuals[$1], $1) }
        let shift = usable.count <= 10 ? 0.375 : 0.5
        return order.enumerated().map { rank, index in
            let probability = (Double(rank + 1) - shift) / (Double(usable.count) + 1 - 2 * shift)
            return QuantileCoordinate(
                label: usable[index].label, row: usable[index].row,
                quantile: ReferenceDistribution.normal.quantile(probability), residual: residuals[index])
        }
    }
}
