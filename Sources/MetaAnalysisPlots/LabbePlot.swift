public import MetaAnalysis
internal import RealModule

/// Risks of the two groups against each other: studies below the diagonal saw fewer events under treatment.
public struct LabbePlot: Hashable, Sendable {
    public struct Study: Hashable, Sendable {
        public var label: String
        public var controlRisk: Double
        public var treatedRisk: Double
        /// Percent of the total weight.
        public var weight: Double
    }

    public var measure: String
    public var heading: String?
    public var studies: [Study]
    /// On the analysis scale; the line of risks with this effect is drawn for OR, RR and RD.
    public var estimate: Double
    private var text: String

    /// `nil` for studies that did not count events in two groups.
    public init?(_ pooled: PooledEffect, data: StudyCollection) {
        guard case .twoByTwo(let tables) = data else { return nil }
        measure = pooled.settings.measure
        heading = pooled.outcome
        estimate = pooled.estimate
        text = EffectAxis(measure: measure, scale: pooled.scale).text(pooled)
        let weights = Dictionary(
            pooled.studies.map { (Key(label: $0.label, row: $0.row), $0.weight) },
            uniquingKeysWith: { first, _ in first })
        studies = tables.compactMap { study in
            let table = study.outcome
            guard table.controlSize > 0, table.treatedSize > 0,
                let weight = weights[Key(label: study.label, row: study.row)]
            else { return nil }
            return Study(
                label: study.label, controlRisk: table.controlEvents / table.controlSize,
                treatedRisk: table.treatedEvents / table.treatedSize, weight: weight)
        }
    }

    private struct Key: Hashable {
        var label: String
        var row: Int?
    }

    /// Risk under treatment that has the pooled effect on a risk without it.
    private func treated(_ risk: Double) -> Double? {
        switch measure {
        case "RD": return risk + estimate
        case "RR": return risk * .exp(estimate)
        case "OR", "PETO":
            let odds = risk / (1 - risk) * .exp(estimate)
            return odds.isFinite ? odds / (1 + odds) : 1
        default: return nil
        }
    }

    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }

    public func figure(theme: Theme = .journal) -> Figure {
        let greatest = studies.flatMap { [$0.controlRisk, $0.treatedRisk] }.max() ?? 1
        let end = min(1, max(greatest * 1.1, 0.001))
        var frame = Frame(
            // Room for the circles of risks near 0.
            .init((-0.05 * end, end), "Risk in the control group"),
            .init((-0.05 * end, end), "Risk in the treatment group"), theme: theme,
            heading: heading, plotWidth: 380, plotHeight: 380)
        let palette = frame.palette
        frame.addLine(from: (0, 0), to: (end, end), Stroke(palette.rule))
        var line: [Point] = []
        for step in 0...100 {
            let risk = end * Double(step) / 100
            guard let other = treated(risk), other >= 0, other <= end else { continue }
            line.append(frame.point(risk, other))
        }
        if line.count > 1 { frame.add(.path(line, Stroke(palette.pooled, width: 1.5, dashes: [5, 3]))) }
        let heaviest = studies.map(\.weight).max() ?? 1
        // Large circles first, so that small ones stay in sight.
        let order = studies.indices.sorted {
            studies[$0].weight == studies[$1].weight ? $0 < $1 : studies[$0].weight > studies[$1].weight
        }
        for index in order {
            let study = studies[index]
            let radius = max(2.5, 12 * (heaviest > 0 ? max(0, study.weight) / heaviest : 1).squareRoot())
            let center = frame.point(study.controlRisk, study.treatedRisk)
            frame.add(
                .group(
                    [
                        .circle(
                            center: center, radius: radius, fill: palette.study.faded(0.55),
                            stroke: Stroke(palette.background, width: 0.75))
                    ], title: study.label))
        }
        frame.drawAxes()
        return frame.figure(
            title: "L’Abbé plot: \(measure), \(studies.count) studies" + (heading.map { ", " + $0 } ?? ""),
            summary: "Risks of the two groups; the dashed line has the pooled effect \(text).")
    }

    /// The numbers of the plot.
    public var data: FigureData {
        FigureData(
            columns: ["label", "control_risk", "treated_risk", "weight"],
            rows: studies.map {
                [.text($0.label), .number($0.controlRisk), .number($0.treatedRisk), .number($0.weight)]
            })
    }
}
