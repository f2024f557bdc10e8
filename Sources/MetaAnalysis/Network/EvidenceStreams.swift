/// The flow of evidence to one network estimate, split into paths.
///
/// A row of the hat matrix is a flow of one unit from one treatment to the other. Both methods write it as a sum of paths, each with its
/// share of the unit, and give every comparison on a path the same part of that share: a path of three comparisons with a share of 0.3
/// gives 0.1 to each. Shapes: n treatments, m direct comparisons.
struct EvidenceStreams {
    /// A comparison in the direction of the flow of evidence.
    private struct Arc {
        let edge: Int
        let tail: Int
        let head: Int
        /// Remaining flow.
        var flow: Double
    }

    private let edges: [EvidenceGraph.Edge]
    private let treatmentCount: Int
    /// Greatest flow that counts as rounding error of a flow of 1.
    private static let negligible = 1e-13
    /// Quadrature rules by the number of their nodes.
    private var rules: [Int: GaussLegendre] = [:]

    init(_ edges: [EvidenceGraph.Edge], treatments: Int) {
        self.edges = edges
        treatmentCount = treatments
    }

    /// Returns the comparisons with a flow.
    private func directed(_ flow: [Double]) -> [Arc] {
        edges.indices.compactMap { edge in
            guard abs(flow[edge]) > Self.negligible else { return nil }
            let (first, second) = (edges[edge].first, edges[edge].second)
            return flow[edge] > 0
                ? Arc(edge: edge, tail: first, head: second, flow: flow[edge])
                : Arc(edge: edge, tail: second, head: first, flow: -flow[edge])
        }
    }

    /// Returns the positions of the arcs that leave each treatment, and of those that enter it.
    private func incident(_ arcs: [Arc]) -> (outgoing: [[Int]], incoming: [[Int]]) {
        var outgoing = Array(repeating: [Int](), count: treatmentCount)
        var incoming = outgoing
        for (index, arc) in arcs.enumerated() {
            outgoing[arc.tail].append(index)
            incoming[arc.head].append(index)
        }
        return (outgoing, incoming)
    }

    /// Counts the arcs with remaining flow on a shortest path between `start` and each treatment, −1 where there is no path.
    ///
    /// - Parameters:
    ///   - incident: the arcs that leave each treatment for paths from `start`, those that enter it for paths to it.
    private func steps(_ arcs: [Arc], from start: Int, _ incident: [[Int]]) -> [Int] {
        var steps = Array(repeating: -1, count: treatmentCount)
        steps[start] = 0
        var queue = [start]
        var next = 0
        while next < queue.count {
            let here = queue[next]
            next += 1
            for index in incident[here] where arcs[index].flow > 0 {
                let far = arcs[index].tail == here ? arcs[index].head : arcs[index].tail
                guard steps[far] < 0 else { continue }
                steps[far] = steps[here] + 1
                queue.append(far)
            }
        }
        return steps
    }
}

// MARK: - Random walk

extension EvidenceStreams {
    /// Returns the shares of a random walk that leaves every treatment along its outgoing flows, with probabilities in proportion to them.
    ///
    /// The sum over paths of φ/length needs no list of paths. With 1/length = ∫₀¹ x^(length − 1) dx, the sum over all paths through an arc
    /// factors into a part before it and a part after it. Each part is a polynomial in x, found by one pass in the order of the flow. A
    /// Gauss–Legendre rule of half as many nodes as the longest path has arcs is exact. O(n m).
    ///
    /// - Returns: one share for each edge, with the sum 1; `nil` where the flow contains a cycle.
    mutating func randomWalk(_ flow: [Double], from source: Int, to sink: Int) -> [Double]? {
        let all = directed(flow)
        let (outgoing, incoming) = incident(all)
        let reached = steps(all, from: source, outgoing)
        let leading = steps(all, from: sink, incoming)
        // Rounding may leave a tiny flow into a dead end: only arcs between source and sink count.
        let arcs = all.filter { reached[$0.tail] >= 0 && leading[$0.head] >= 0 && $0.tail != sink }
        guard let sorted = inOrder(arcs, from: source) else { return nil }
        let rule = quadrature(nodes: (sorted.longestPath + 1) / 2)
        var shares = Array(repeating: 0.0, count: edges.count)
        for (node, weight) in zip(rule.nodes, rule.weights) {
            var before = Array(repeating: 0.0, count: treatmentCount)
            var after = before
            before[source] = 1
            after[sink] = 1
            for (arc, probability) in sorted.arcs { before[arc.head] += node * probability * before[arc.tail] }
            for (arc, probability) in sorted.arcs.reversed() {
                let onwards = probability * after[arc.head]
                after[arc.tail] += node * onwards
                shares[arc.edge] += weight * before[arc.tail] * onwards
            }
        }
        return shares
    }

    /// Sorts the arcs so that those into a treatment come before those out of it, with the walk's probability of each.
    ///
    /// - Returns: `nil` where there is no such order.
    private func inOrder(
        _ arcs: [Arc], from source: Int
    ) -> (arcs: [(arc: Arc, probability: Double)], longestPath: Int)? {
        let outgoing = incident(arcs).outgoing
        var waiting = Array(repeating: 0, count: treatmentCount)
        for arc in arcs { waiting[arc.head] += 1 }
        guard waiting[source] == 0 else { return nil }
        var longest = Array(repeating: 0, count: treatmentCount)
        var order = [source]
        var next = 0
        var result: [(arc: Arc, probability: Double)] = []
        while next < order.count {
            let tail = order[next]
            next += 1
            let total = outgoing[tail].reduce(0) { $0 + arcs[$1].flow }
            for index in outgoing[tail] {
                let head = arcs[index].head
                result.append((arcs[index], arcs[index].flow / total))
                longest[head] = max(longest[head], longest[tail] + 1)
                waiting[head] -= 1
                if waiting[head] == 0 { order.append(head) }
            }
        }
        guard result.count == arcs.count else { return nil }
        return (result, longest.max() ?? 0)
    }

    private mutating func quadrature(nodes: Int) -> GaussLegendre {
        if let known = rules[nodes] { return known }
        let rule = GaussLegendre(count: nodes)
        rules[nodes] = rule
        return rule
    }
}

// MARK: - Shortest path

extension EvidenceStreams {
    /// Returns the shares when the flow is removed along its shortest paths, repeatedly.
    ///
    /// If several shortest paths have a comparison in common, removing one completely before the other would give the first more, and names
    /// would decide which is first. Here all shortest paths are removed at the same rate until a comparison is used up. At most m rounds of
    /// O(m).
    ///
    /// - Returns: one share for each edge, with the sum 1.
    func shortestPath(_ flow: [Double], from source: Int, to sink: Int) -> [Double] {
        var arcs = directed(flow)
        let (outgoing, incoming) = incident(arcs)
        var shares = Array(repeating: 0.0, count: edges.count)
        var taken = 0.0
        while true {
            let before = steps(arcs, from: source, outgoing)
            let length = before[sink]
            guard length > 0 else { break }
            let after = steps(arcs, from: sink, incoming)
            // Arcs on paths of this length, in the order of the path; removing some of them creates no new path of this length.
            var layers = arcs.indices.filter { index in
                let (first, last) = (before[arcs[index].tail], after[arcs[index].head])
                return arcs[index].flow > 0 && first >= 0 && last >= 0 && first + 1 + last == length
            }
            layers.sort { (before[arcs[$0].tail], $0) < (before[arcs[$1].tail], $1) }
            while let parts = pathParts(layers, arcs, from: source, to: sink) {
                var amount = Double.infinity
                var exhausted = layers[0]
                for (index, part) in zip(layers, parts) where arcs[index].flow < amount * part {
                    amount = arcs[index].flow / part
                    exhausted = index
                }
                for (index, part) in zip(layers, parts) {
                    shares[arcs[index].edge] += amount * part / Double(length)
                    let left = arcs[index].flow - amount * part
                    arcs[index].flow = left > Self.negligible ? left : 0
                }
                arcs[exhausted].flow = 0
                taken += amount
                layers.removeAll { arcs[$0].flow == 0 }
            }
        }
        return shares.map { $0 / taken }
    }

    /// Returns the part of all paths from source to sink through each of these arcs; `nil` when no path is left.
    private func pathParts(_ layers: [Int], _ arcs: [Arc], from source: Int, to sink: Int) -> [Double]? {
        var before = Array(repeating: 0.0, count: treatmentCount)
        var after = before
        before[source] = 1
        after[sink] = 1
        for index in layers { before[arcs[index].head] += before[arcs[index].tail] }
        guard before[sink] > 0 else { return nil }
        for index in layers.reversed() { after[arcs[index].tail] += after[arcs[index].head] }
        return layers.map { before[arcs[$0].tail] * after[arcs[$0].head] / before[sink] }
    }
}
