internal import RealModule

/// Schwarzer's rank test for 2×2 tables: whether the deviations of events from their expectation are correlated with the information.
///
/// It is made for sparse data, where it keeps its level; like all rank tests it has little power. Kendall's τ between (a − E)/√V and 1/V,
/// with mean E and variance V of the first cell a given the margins of its table and the Mantel–Haenszel odds ratio of all tables (Fisher's
/// noncentral hypergeometric distribution; 1/2 is added to the cells of tables with a zero for the odds ratio only). Normal, with the
/// variance for ties and without a continuity correction. Tables without events, or with events only, carry no information; they are left
/// out, and a diagnostic names them. O(k²). R: `meta::metabias(m, method.bias="Schwarzer")`.
///
/// Source: Schwarzer, Antes & Schumacher (2007), doi:10.1002/sim.2588.
public struct SchwarzerTest: Hashable, Sendable, Codable {
    /// Creates the test; it has no settings.
    public init() {}

    /// Tests whether deviations of events and information are correlated.
    ///
    /// - Throws: `MetaAnalysisError` with code `.unsupportedCombination` for other effects than those of 2×2 tables of whole numbers,
    ///   `.tooFewStudies` for fewer than three informative tables, `.singularDesign` when these are all alike.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        let all = try effects.tables(for: .schwarzer)
        let (tables, notes) = all.informative(for: .schwarzer, because: "no events, or only events, in both groups") {
            StratifiedTables.Hypergeometric($0.table).variance > 0
        }
        guard tables.count > 2 else { throw MetaAnalysisError.tooFew(tables.count, for: "schwarzer", needed: 3) }
        if let broken = tables.first(where: { !$0.isWhole }) {
            throw MetaAnalysisError(
                .unsupportedCombination, "schwarzer needs whole numbers of events and participants, not above 2^53",
                remedy: "leave it out, or give the counts",
                location: MetaAnalysisError.Location(row: broken.effect.row, study: broken.effect.label))
        }
        let logOdds = Double.log(Self.oddsRatio(tables))
        var deviations: [Double] = []
        var information: [Double] = []
        for table in tables.map(\.table) {
            let law = NoncentralHypergeometricDistribution(
                sizes: [table.treatedSize, table.controlSize], logOdds: [logOdds, 0],
                total: table.treatedEvents + table.controlEvents)
            let variance = law.covariance[0, 0]
            deviations.append((table.treatedEvents - law.mean[0]) / variance.squareRoot())
            information.append(1 / variance)
        }
        guard (deviations + information).allSatisfy(\.isFinite) else { throw MetaAnalysisError.outOfRange }
        let correlation = KendallCorrelation(deviations, information)
        guard let coefficient = correlation.coefficient else {
            throw MetaAnalysisError(
                .singularDesign, "schwarzer cannot be made: all tables carry the same information, or deviate alike",
                remedy: "leave it out")
        }
        let error = correlation.variance.squareRoot()
        let statistic = error > 0 ? correlation.score / error : nil
        return SmallStudyTest(
            name: .schwarzer, predictor: nil, k: tables.count, reference: .normal, statistic: statistic,
            degreesOfFreedom: nil, pValue: statistic.map(ReferenceDistribution.normal.twoSidedPValue),
            estimate: coefficient, standardError: error / correlation.greatestScore, limit: nil, tauSquared: nil,
            significance: nil, diagnostics: notes + effects.asymmetryCautions(count: tables.count))
    }

    /// Returns the Mantel–Haenszel odds ratio, with 1/2 added to the cells of tables with a zero cell.
    private static func oddsRatio(_ tables: [StudyTable]) -> Double {
        var (above, below) = (0.0, 0.0)
        for study in tables {
            let table = study.table
            let cells = [
                table.treatedEvents, table.treatedNonEvents, table.controlEvents, table.controlNonEvents,
            ].map { $0 + (table.hasZero ? 0.5 : 0) }
            let total = cells.reduce(0, +)
            above += cells[0] * cells[3] / total
            below += cells[1] * cells[2] / total
        }
        return above / below
    }
}

extension StudyTable {
    /// Greatest count up to which every whole number is a `Double`, and a sum over counts ends.
    private static let greatestExactCount = 0x1p53

    fileprivate var isWhole: Bool {
        [table.treatedEvents, table.treatedNonEvents, table.controlEvents, table.controlNonEvents].allSatisfy {
            $0 == $0.rounded() && $0 <= Self.greatestExactCount
        }
    }
}

extension TwoByTwoTable {
    fileprivate var hasZero: Bool {
        treatedEvents == 0 || treatedNonEvents == 0 || controlEvents == 0 || controlNonEvents == 0
    }
}
