public import MetaAnalysis
internal import RealModule

/// A network graph. Nodes are larger with more participants (with more studies, if participants are unknown), and edges are wider with more
/// studies.
public struct NetworkPlot: Plot {
    /// A treatment, drawn as a circle.
    public struct Node: Hashable, Sendable {
        /// Name of the treatment.
        public var treatment: String
        /// Number of studies with the treatment.
        public var studies: Int
        /// Number of participants with the treatment; `nil` for all nodes unless every study reports it.
        public var participants: Double?
    }

    /// A comparison: two treatments that studies compare, drawn as a line.
    public struct Edge: Hashable, Sendable {
        /// Position of the first treatment in `nodes`.
        public var first: Int
        /// Position of the second treatment in `nodes`.
        public var second: Int
        /// Number of studies that compare the two.
        public var studies: Int
    }

    /// Heading of the figure; `nil` for none.
    public var heading: String?
    /// Treatments in the order of the network.
    public var nodes: [Node]
    /// Comparisons, in the order of their treatments.
    public var edges: [Edge]
    /// Positions in `nodes` of the treatments of each design with three or more treatments.
    public var multiArm: [[Int]]
    private var measure: String

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - network: treatments, studies and designs; the network may be disconnected.
    ///   - outcome: heading of the figure.
    public init(_ network: TreatmentNetwork, outcome: String? = nil) {
        heading = outcome
        measure = network.measure
        nodes = network.treatments.map { Node(treatment: $0.name, studies: 0, participants: 0) }
        var counts: [[Int]: Int] = [:]
        for study in network.studies {
            for (place, arm) in study.arms.enumerated() {
                nodes[arm].studies += 1
                if let sizes = study.sizes, sizes.indices.contains(place), let sum = nodes[arm].participants {
                    nodes[arm].participants = sum + sizes[place]
                } else {
                    nodes[arm].participants = nil
                }
            }
            for pair in study.pairs { counts[[pair.first, pair.second], default: 0] += 1 }
        }
        if nodes.contains(where: { $0.participants == nil }) {
            for index in nodes.indices { nodes[index].participants = nil }
        }
        edges = counts.map { Edge(first: $0.key[0], second: $0.key[1], studies: $0.value) }
            .sorted { ($0.first, $0.second) < ($1.first, $1.second) }
        multiArm = network.designs.filter { $0.treatments.count > 2 }
            .map { $0.treatments.compactMap(network.index(of:)) }
    }

    private static let widestLabel = 170.0
    /// Distance from the circle of nodes to what is above and below it.
    private static let headRoom = 28.0

    /// Returns the figure of the plot, with the treatments in order around a circle.
    public func figure(theme: Theme) -> Figure {
        let metrics = TextMetrics(size: Frame.size)
        let count = nodes.count
        let radius = max(130, Double(count) * 7)
        let names = nodes.map { metrics.shortened($0.treatment.drawable, to: Self.widestLabel) }
        let room = (names.map { metrics.width(of: $0) }.max() ?? 0) + 36
        var page = Page(width: 2 * (radius + room + Page.margin), heading: heading, theme: theme)
        let palette = page.palette
        let center = Point(page.width / 2, page.y + radius + Self.headRoom)
        func angle(_ index: Int) -> Double { -.pi / 2 + 2 * .pi * Double(index) / Double(max(count, 1)) }
        let places = nodes.indices.map { index in
            Point(center.x + radius * .cos(angle(index)), center.y + radius * .sin(angle(index)))
        }
        for (index, design) in multiArm.enumerated() {
            let fill = palette.series[index % palette.series.count].faded(0.16)
            let names = design.map { nodes[$0].treatment }.joined(separator: ", ")
            page.add(
                .group([.polygon(design.map { places[$0] }, fill: fill)], title: "Compared in one study: \(names)"))
        }
        let mostStudies = Double(edges.map(\.studies).max() ?? 1)
        for edge in edges {
            let stroke = Stroke(palette.muted, width: 1 + 7 * Double(edge.studies) / mostStudies)
            page.add(.group([.line(from: places[edge.first], to: places[edge.second], stroke)], title: words(edge)))
        }
        let sizes = nodes.map { $0.participants ?? Double($0.studies) }
        let greatest = sizes.max() ?? 1
        let radii = sizes.map { 5 + 13 * (greatest > 0 ? max(0, $0) / greatest : 1).squareRoot() }
        for (index, node) in nodes.enumerated() {
            var words = "\(node.treatment): \(node.studies.studies)"
            if let participants = node.participants { words += ", \(NumberFormat.count(participants)) participants" }
            page.add(
                .group(
                    [
                        .circle(
                            center: places[index], radius: radii[index], fill: palette.study,
                            stroke: Stroke(palette.background, width: 1.5))
                    ], title: words))
        }
        let labels = Self.placed(names, places, radii, center, palette.text)
        page.add(labels.map { .text($0) })
        // Labels that were moved apart can be lower than the circle.
        page.y = max(center.y + radius + Self.headRoom, labels.map(\.box.bottom).max() ?? 0) + 4
        page.write(notes: [
            nodes.first?.participants == nil
                ? "Area of nodes and width of lines by studies."
                : "Area of nodes by participants, width of lines by studies."
        ])
        return page.figure(
            title: "Network: \(count) treatments, \(edges.count) comparisons",
            summary: edges.map { words($0) + "." }.joined(separator: " "))
    }

    private func words(_ edge: Edge) -> String {
        "\(nodes[edge.first].treatment) – \(nodes[edge.second].treatment): \(edge.studies.studies)"
    }

    /// Returns the labels beside their nodes, outside the circle; labels on one side are at least a line apart.
    private static func placed(
        _ names: [String], _ places: [Point], _ radii: [Double], _ center: Point, _ color: Color
    ) -> [Label] {
        var labels = names.indices.map { index in
            let isRight = places[index].x > center.x - 1
            let shift = radii[index] + 5
            return Label(
                names[index], at: Point(places[index].x + (isRight ? shift : -shift), places[index].y + 4),
                size: Frame.size, anchor: isRight ? .start : .end, color: color)
        }
        for anchor in [Label.Anchor.start, .end] {
            let side = labels.indices.filter { labels[$0].anchor == anchor }
                .sorted { (labels[$0].origin.y, $0) < (labels[$1].origin.y, $1) }
            for (upper, lower) in zip(side, side.dropFirst()) {
                labels[lower].origin.y = max(labels[lower].origin.y, labels[upper].origin.y + 14)
            }
        }
        return labels
    }

    /// Numbers of the plot: nodes, then edges.
    public var data: FigureData {
        FigureData(
            columns: ["type", "treatment", "versus", "studies", "participants"],
            rows: nodes.map {
                [
                    .text("node"), .text($0.treatment), .text(nil), .text(String($0.studies)), .number($0.participants),
                ]
            }
                + edges.map {
                    [
                        .text("edge"), .text(nodes[$0.first].treatment), .text(nodes[$0.second].treatment),
                        .text(String($0.studies)), .number(nil),
                    ]
                })
    }
}
