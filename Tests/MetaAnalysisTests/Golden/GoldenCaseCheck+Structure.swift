import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

/// How evidence flows through a network: families `structure` and `inner`.
extension GoldenCaseCheck {
    mutating func compareMeasures(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let structure = try EvidenceStructure(frame.network, tauSquared: try tauSquared(call["random"], frame))
        let labels = one.expected["comparison"]?.strings ?? []
        for (index, label) in labels.enumerated() {
            comparison.skip(labels.count == 1 ? "comparison" : "comparison.\(index)", "a name")
            let (first, second) = try Self.pair(label)
            let measures = structure.comparison(of: first, versus: second)
            for (name, value) in [
                ("proportion", measures?.proportionDirect), ("meanpath", measures?.meanPathLength),
                ("minpar", measures?.minimalParallelism), ("minpar_study", measures?.studyMinimalParallelism),
            ] { comparison.compare("\(name).\(label)", value, .closedForm, scale: 1) }
        }
    }

    mutating func compareContributions(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let methods: [String: ContributionMethod] = ["randomwalk": .randomWalk, "shortestpath": .shortestPath]
        guard let method = methods[call["method"]?.text ?? "shortestpath"] else {
            throw NotApplicable("another method")
        }
        for (part, model) in Self.models {
            let tauSquared = try frame.fit(model).heterogeneity.tauSquared
            let matrix = try Contributions(method: method).fit(frame.network, tauSquared: tauSquared)
            let rows = comparison.reference("\(part).rows")?.strings ?? []
            let columns = comparison.reference("\(part).cols")?.strings ?? []
            let positions = try columns.map { label in
                let (first, second) = try Self.pair(label)
                return matrix.columns.firstIndex { Set([$0.treatment, $0.versus]) == [first, second] }
            }
            for index in columns.indices { comparison.skip("\(part).cols.\(index)", "a name") }
            for (index, label) in rows.enumerated() {
                comparison.skip("\(part).rows.\(index)", "a name")
                let (first, second) = try Self.pair(label)
                let row = matrix.row(of: first, versus: second)
                let own = matrix.columns.firstIndex { Set([$0.treatment, $0.versus]) == [first, second] }
                let isUnique =
                    method == .randomWalk || row.map { LiteralShortestPaths.isUnique($0, matrix) } ?? false
                var sum = 0.0
                for (column, position) in positions.enumerated() {
                    let field = "\(part).x.\(index).\(column)"
                    sum += comparison.reference(field)?.number ?? .nan
                    // The direct comparison is a path of its own, whichever path goes first.
                    if isUnique || position == own {
                        comparison.compare(field, position.flatMap { row?.proportions?[$0] }, .closedForm, scale: 1)
                    } else {
                        comparison.skip(field, Self.equallyShort)
                    }
                }
                var sums = GoldenComparison(["sum": .number(sum)])
                sums.compare("sum", row?.proportions?.reduce(0, +), .closedForm, scale: 1)
                comparison.add(sums, prefix: "\(part), \(label): ")
            }
        }
    }

    mutating func compareImpact(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let network = frame.network
        let studies = one.expected["studies"]?.strings ?? []
        let labels = one.expected["comparisons"]?.strings ?? []
        let greatest = network.studies.flatMap(\.pairs).map(\.variance).max() ?? .nan
        for (index, _) in labels.enumerated() { comparison.skip("comparisons.\(index)", "a name") }
        for (part, model) in Self.models {
            let tauSquared = try frame.fit(model).heterogeneity.tauSquared
            let importance = try StudyImportance(network, tauSquared: tauSquared)
            let whole = try EvidenceGraph(network, tauSquared: tauSquared)
            for (row, label) in studies.enumerated() {
                comparison.skip("studies.\(row)", "a name")
                let study = importance.studies.firstIndex(of: label)
                // R keeps the study with 1000 times the greatest standard error: that computation agrees as far as its rounding goes.
                let ignored = try EvidenceGraph(
                    network.replacing(label, variance: 1e6 * greatest), tauSquared: tauSquared)
                for (column, comparisonLabel) in labels.enumerated() {
                    let (first, second) = try Self.pair(comparisonLabel)
                    let field = "\(part).\(row).\(column)"
                    let ours = importance.comparisons.first {
                        Set([$0.treatment, $0.versus]) == [first, second]
                    }
                    let value = study.flatMap { ours?.importances[$0] }
                    comparison.compare(field, value, .keptStudyOfReference, scale: 1)
                    // Where nothing else connects the two, R's variance rests on that tiny weight: 4 digits of it are right.
                    guard value != 1, let one = network.index(of: first), let other = network.index(of: second),
                        let reference = comparison.reference(field)
                    else { continue }
                    var exact = GoldenComparison([field: reference])
                    let expected = 1 - whole.variance(one, other) / ignored.variance(one, other)
                    exact.compare(field, expected, .distantWeights, scale: 1)
                    comparison.add(exact, prefix: "with the study kept as R does, ")
                }
            }
        }
    }

    mutating func compareDistances(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let network = frame.network
        let distances = network.distances
        let treatments = (one.expected["rows"]?.strings ?? []).map { Treatment($0) }
        for (row, first) in treatments.enumerated() {
            comparison.skip("rows.\(row)", "a name")
            comparison.skip("cols.\(row)", "a name")
            for (column, second) in treatments.enumerated() {
                guard let one = network.index(of: first), let other = network.index(of: second) else { continue }
                comparison.compare(
                    "x.\(row).\(column)", distances[one][other].map { Double($0) }, .closedForm, scale: 0)
            }
        }
    }

    /// The rows of R's data beside the network; matrices of rows × rows exist only here.
    mutating func compareInner(_ call: RExpression, _ frame: RNetworkFrame) throws {
        let network = frame.network
        let labels = Self.labels(one.expected["studlab"])
        let first = (one.expected["treat1"]?.strings ?? []).map { Treatment($0) }
        let second = (one.expected["treat2"]?.strings ?? []).map { Treatment($0) }
        for index in labels.indices {
            for field in ["comparisons", "studlab", "treat1", "treat2"] {
                comparison.skip("\(field).\(index)", "a name")
            }
        }
        let treatments = frame.treatmentsOfReference
        for (part, model) in Self.models {
            let tauSquared = try frame.fit(model).heterogeneity.tauSquared
            var rows: [Key: StudyComparison] = [:]
            for row in try network.studyComparisons(tauSquared: tauSquared) {
                rows[Key(study: row.study, treatments: [row.treatment, row.versus])] = row
            }
            let own = labels.indices.map { rows[Key(study: labels[$0], treatments: [first[$0], second[$0]])] }
            for (index, row) in own.enumerated() {
                let sign = row?.treatment == first[index] ? 1.0 : -1
                let error = row?.standardError ?? .nan
                comparison.compare("TE.\(index)", row.map { sign * $0.estimate }, .closedForm, scale: error)
                comparison.compare("seTE.\(index)", error, .closedForm, scale: 0)
                func field(_ name: String) -> String { "\(part).\(name).\(index)" }
                comparison.compare(field("seTE_adj"), row?.adjustedStandardError, .closedForm, scale: 0)
                comparison.compare(
                    field("TE_nma"), row.map { sign * $0.networkEstimate }, .closedForm,
                    scale: row?.networkStandardError ?? .nan)
                comparison.compare(field("seTE_nma"), row?.networkStandardError, .closedForm, scale: 0)
                comparison.compare(field("w"), row?.weight, .closedForm, scale: 0)
                comparison.compare(field("Q"), row?.cochranQ, .closedForm, scale: 1)
                if comparison.reference(field("leverage"))?.isNull == true {
                    comparison.skip(field("leverage"), "a multi-arm study: R gives no leverage, the library does")
                } else {
                    comparison.compare(field("leverage"), row?.leverage, .closedForm, scale: 1)
                }
            }
            let graph = try EvidenceGraph(network, tauSquared: tauSquared)
            let ends = labels.indices.map { (network.index(of: first[$0]) ?? 0, network.index(of: second[$0]) ?? 0) }
            let weights = own.map { $0?.weight ?? .nan }
            compareMatrix("\(part).H_matrix", ends, ends, scale: 1) { row, column in
                graph.covariance(ends[row], ends[column]) * weights[column]
            }
            let positions = treatments.map { network.index(of: $0) ?? 0 }
            let pairs = positions.indices.flatMap { one in
                positions.indices.dropFirst(one + 1).map { (positions[one], positions[$0]) }
            }
            let typical = network.typicalVariance
            compareMatrix("\(part).Cov", pairs, pairs, scale: typical) { graph.covariance(pairs[$0], pairs[$1]) }
            guard part == "common" else { continue }
            let laplacian = graph.laplacian
            compareMatrix("L_common", positions, positions, scale: 0) { row, column in
                laplacian[positions[row], positions[column]]
            }
            compareMatrix("Lplus_common", positions, positions, scale: typical) { row, column in
                graph.covariance[positions[row], positions[column]]
            }
        }
    }

    private mutating func compareMatrix<Index>(
        _ field: String, _ rows: [Index], _ columns: [Index], scale: Double, _ element: (Int, Int) -> Double
    ) {
        for row in rows.indices {
            for column in columns.indices {
                comparison.compare("\(field).\(row).\(column)", element(row, column), .closedForm, scale: scale)
            }
        }
    }

    private struct Key: Hashable {
        var study: String
        var treatments: Set<Treatment>
    }

    private static let equallyShort = "equally short paths: R takes one after the other, the library all at once"
    private static let models: [(String, NetworkMetaAnalysis.Model)] = [("common", .common), ("random", .random)]

    private func tauSquared(_ random: RExpression?, _ frame: RNetworkFrame) throws -> Double {
        try random?.logical == false ? 0 : frame.fit(.random).heterogeneity.tauSquared
    }

    private static func pair(_ label: String) throws -> (Treatment, Treatment) {
        let names = label.split(separator: ":")
        guard names.count == 2 else { throw NotApplicable("treatments with colons in their names") }
        return (Treatment(String(names[0])), Treatment(String(names[1])))
    }

    private static func labels(_ value: JSONValue?) -> [String] {
        guard case .array(let values)? = value else { return value?.strings ?? [] }
        return values.map { $0.number.map { "\(Int($0))" } ?? $0.strings.first ?? "" }
    }
}

extension RNetworkFrame {
    /// The order of R's matrices: the alphabet without regard to case, as the library has it.
    fileprivate var treatmentsOfReference: [Treatment] { network.treatments }
}

extension EvidenceGraph {
    /// Covariance of two network estimates.
    fileprivate func covariance(_ one: (Int, Int), _ other: (Int, Int)) -> Double {
        covariance[one.0, other.0] - covariance[one.0, other.1] - covariance[one.1, other.0]
            + covariance[one.1, other.1]
    }

    fileprivate var laplacian: Matrix {
        var laplacian = Matrix(rows: count, columns: count)
        for (edge, weight) in zip(edges, weights) {
            laplacian[edge.first, edge.second] = -weight
            laplacian[edge.second, edge.first] = -weight
            laplacian[edge.first, edge.first] += weight
            laplacian[edge.second, edge.second] += weight
        }
        return laplacian
    }
}

extension TreatmentNetwork {
    /// With one variance for every contrast of one study.
    fileprivate func replacing(_ label: String, variance: Double) throws -> TreatmentNetwork {
        try TreatmentNetwork(
            studies.flatMap { study in
                study.pairs.map { pair in
                    Contrast(
                        study: study.label, treatments[pair.first], versus: treatments[pair.second],
                        estimate: pair.estimate, variance: study.label == label ? variance : pair.variance)
                }
            })
    }
}

/// The shortest-path algorithm as it was published: one path after the other, of equal ones the first or the last in the
/// order of the columns.
private enum LiteralShortestPaths {
    /// Whether the order of paths of equal length makes no difference.
    static func isUnique(_ row: ContributionMatrix.Row, _ matrix: ContributionMatrix) -> Bool {
        let first = proportions(row, matrix) { $0.first }
        let last = proportions(row, matrix) { $0.last }
        return zip(first, last).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    private static func proportions(
        _ row: ContributionMatrix.Row, _ matrix: ContributionMatrix, _ choose: ([[Int]]) -> [Int]?
    ) -> [Double] {
        var rest = row.hat
        var shares = Array(repeating: 0.0, count: rest.count)
        while let path = choose(shortestPaths(rest, row, matrix)) {
            let amount = path.map { abs(rest[$0]) }.min() ?? 0
            for edge in path {
                shares[edge] += amount / Double(path.count)
                let left = abs(rest[edge]) - amount
                rest[edge] = left < 1e-12 ? 0 : rest[edge] > 0 ? left : -left
            }
        }
        return shares
    }

    private static func shortestPaths(
        _ rest: [Double], _ row: ContributionMatrix.Row, _ matrix: ContributionMatrix
    ) -> [[Int]] {
        var front: [(at: Treatment, path: [Int])] = [(row.treatment, [])]
        var seen: Set<Treatment> = [row.treatment]
        while !front.isEmpty {
            var next: [(at: Treatment, path: [Int])] = []
            for (here, path) in front {
                for (edge, column) in matrix.columns.enumerated() where abs(rest[edge]) > 1e-12 {
                    let (tail, head) =
                        rest[edge] > 0 ? (column.treatment, column.versus) : (column.versus, column.treatment)
                    if tail == here, !seen.contains(head) { next.append((head, path + [edge])) }
                }
            }
            let found = next.filter { $0.at == row.versus }.map(\.path)
            if !found.isEmpty { return found }
            seen.formUnion(next.map(\.at))
            front = next
        }
        return []
    }
}
