internal import MetaAnalysis

/// The data that each study reported, as columns of a forest plot.
struct ReportedColumns {
    var columns: [ForestPlot.Column] = []
    private var cells: [[String]] = []
    /// Row of cells of a study, by its line in the file or by its label.
    private var byLine: [Int: Int] = [:]
    private var byLabel: [String: Int] = [:]
    private var sizes: [Double?] = []

    init(_ data: StudyCollection?, _ studies: [PooledStudy]) {
        guard let data else { return }
        (columns, cells) = data.reported
        for index in 0..<data.count {
            if let line = data.row(at: index) { byLine[line] = index }
            sizes.append(data.sampleSize(at: index))
            let label = data.label(at: index)
            // A label that occurs twice does not identify a study.
            byLabel[label] = byLabel[label] == nil ? index : -1
        }
    }

    func cells(of study: PooledStudy) -> [String] {
        guard let index = index(of: study), cells.indices.contains(index) else { return columns.map { _ in "" } }
        return cells[index]
    }

    /// Returns the number of participants, or the person-time; `nil` if it is unknown.
    func sampleSize(of study: PooledStudy) -> Double? { index(of: study).flatMap { sizes[$0] } }

    private func index(of study: PooledStudy) -> Int? {
        let index = study.row.flatMap { byLine[$0] } ?? byLabel[study.label] ?? -1
        return sizes.indices.contains(index) ? index : nil
    }
}

extension StudyCollection {
    fileprivate typealias Column = ForestPlot.Column

    fileprivate var reported: (columns: [Column], cells: [[String]]) {
        func count(_ value: Double) -> String {
            value == value.rounded() ? NumberFormat.count(value) : NumberFormat.tabular(value, decimals: 1)
        }
        // The columns have as many decimals as the numbers need, at most two.
        func decimals(_ values: [Double]) -> Int {
            let scaled = values.filter { abs($0) < 1e7 }
            return (0...1).first { places in
                scaled.allSatisfy { value in
                    let unit = value * (places == 0 ? 1 : 10)
                    return abs(unit - unit.rounded()) < 1e-9
                }
            } ?? 2
        }
        func decimal(_ value: Double, _ decimals: Int) -> String {
            NumberFormat.tabular(value, decimals: decimals).typographic
        }
        switch self {
        case .twoByTwo(let studies):
            return (
                [
                    Column("Events", group: "Treatment"), Column("Total", group: "Treatment"),
                    Column("Events", group: "Control"), Column("Total", group: "Control"),
                ],
                studies.map {
                    let table = $0.outcome
                    return [
                        count(table.treatedEvents), count(table.treatedSize), count(table.controlEvents),
                        count(table.controlSize),
                    ]
                }
            )
        case .twoGroupMeans(let studies):
            let reported = studies.filter { !$0.outcome.isStandardized }
            let places = (
                mean: decimals(reported.flatMap { [$0.outcome.treatedMean, $0.outcome.controlMean] }),
                deviation: decimals(reported.flatMap { [$0.outcome.treatedDeviation, $0.outcome.controlDeviation] })
            )
            return (
                ["Treatment", "Control"].flatMap { group in
                    ["Mean", "SD", "Total"].map { Column($0, group: group) }
                },
                studies.map {
                    let means = $0.outcome
                    // A study that reported a t statistic has no known mean.
                    if means.isStandardized {
                        return ["", "", count(means.treatedSize), "", "", count(means.controlSize)]
                    }
                    return [
                        decimal(means.treatedMean, places.mean), decimal(means.treatedDeviation, places.deviation),
                        count(means.treatedSize), decimal(means.controlMean, places.mean),
                        decimal(means.controlDeviation, places.deviation), count(means.controlSize),
                    ]
                }
            )
        case .pairedMeans(let studies):
            return (
                [Column("Change"), Column("SD"), Column("Total")],
                studies.map {
                    switch $0.outcome {
                    case .change(let mean, let deviation, let size):
                        [decimal(mean, 2), decimal(deviation, 2), count(size)]
                    case .times(_, _, _, _, let size, _): ["", "", count(size)]
                    }
                }
            )
        case .twoGroupRates(let studies):
            return (
                ["Treatment", "Control"].flatMap { group in ["Events", "Time"].map { Column($0, group: group) } },
                studies.map {
                    let rates = $0.outcome
                    return [
                        count(rates.treatedEvents), count(rates.treatedTime), count(rates.controlEvents),
                        count(rates.controlTime),
                    ]
                }
            )
        case .singleMean(let studies):
            let places = (
                mean: decimals(studies.map(\.outcome.mean)), deviation: decimals(studies.map(\.outcome.deviation))
            )
            return (
                [Column("Mean"), Column("SD"), Column("Total")],
                studies.map {
                    [
                        decimal($0.outcome.mean, places.mean), decimal($0.outcome.deviation, places.deviation),
                        count($0.outcome.size),
                    ]
                }
            )
        case .proportion(let studies):
            return (
                [Column("Events"), Column("Total")],
                studies.map { [count($0.outcome.events), count($0.outcome.size)] }
            )
        case .rate(let studies):
            return (
                [Column("Events"), Column("Time")],
                studies.map { [count($0.outcome.events), count($0.outcome.time)] }
            )
        case .correlation(let studies):
            return ([Column("Total")], studies.map { [count($0.outcome.size)] })
        case .reliability(let studies):
            return (
                [Column("Items"), Column("Total")],
                studies.map { [count($0.outcome.items), count($0.outcome.size)] }
            )
        case .pairedTable(let studies):
            return (
                [
                    Column("Both", group: "Event"), Column("First only", group: "Event"),
                    Column("Second only", group: "Event"), Column("Neither", group: "Event"),
                ],
                studies.map {
                    let table = $0.outcome
                    return [table.both, table.firstOnly, table.secondOnly, table.neither].map(count)
                }
            )
        case .pairedMargins(let studies):
            return (
                ["First", "Second"].flatMap { group in
                    ["Events", "Others"].map { Column($0, group: group) }
                },
                studies.map {
                    let margins = $0.outcome
                    return [
                        margins.firstEvents, margins.firstNonEvents, margins.secondEvents, margins.secondNonEvents,
                    ].map(count)
                }
            )
        case .genotypes(let studies):
            return (
                [Column("Dominant"), Column("Heterozygous"), Column("Recessive")],
                studies.map { [$0.outcome.dominant, $0.outcome.heterozygous, $0.outcome.recessive].map(count) }
            )
        case .partialCorrelation(let studies):
            return (
                [Column("Predictors"), Column("Total")],
                studies.map { [count($0.outcome.predictors), count($0.outcome.size)] }
            )
        case .determination(let studies):
            return (
                [Column("Predictors"), Column("Total")],
                studies.map { [count($0.outcome.predictors), count($0.outcome.size)] }
            )
        case .superiority(let studies):
            return (
                [Column("Total", group: "First"), Column("Total", group: "Second")],
                studies.map { [count($0.outcome.treatedSize), count($0.outcome.controlSize)] }
            )
        case .logRank(let studies):
            return (
                [Column("O\u{2212}E"), Column("V")],
                studies.map { [decimal($0.outcome.excess, 2), decimal($0.outcome.variance, 2)] }
            )
        case .reported: return ([], [])
        case .mixed(let studies):
            let (columns, cells) = studies.computed.reported
            let unknown = columns.map { _ in "" }
            return (columns, studies.byPlace(cells, unknown))
        }
    }
}
