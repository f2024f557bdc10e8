internal import RealModule

/// Studies that compare treatments and are linked by the treatments they share.
///
/// ```swift
/// let network = try TreatmentNetwork(contrasts)
/// let fit = try NetworkMetaAnalysis(reference: "placebo").fit(network)
/// ```
///
/// Treatments and studies are sorted by name, so that neither the order of rows nor the direction of a contrast makes a difference. Shapes:
/// n treatments, k studies with a arms each. R: `netmeta::pairwise(…)` for arms; the arguments of
/// `netmeta::netmeta(TE, seTE, treat1, treat2, studlab)` for contrasts.
public struct TreatmentNetwork: Hashable, Sendable, Codable {
    /// Code of the measure ("OR"; "GEN" for reported contrasts of no particular measure).
    public var measure: String
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// The n treatments, sorted by name.
    public let treatments: [Treatment]
    /// The k studies, sorted by label.
    public let studies: [NetworkStudy]
    /// Studies without a contrast, by name and with the reason.
    public var excluded: [ExcludedStudy]
    /// Warnings and notes on this network.
    public var diagnostics: [Diagnostic]
    /// Settings with which contrasts were computed from data; `nil` where contrasts were given.
    public var settings: EffectSettings?
    /// Arms as they were given, which models of counts pool; `nil` where contrasts were given.
    public var arms: ArmCollection?

    /// Creates a network from contrasts.
    ///
    /// - Parameters:
    ///   - contrasts: every pair of every study, once.
    ///   - measure: code of the measure for the record; the contrasts are on its analysis scale.
    ///   - scale: analysis scale of the contrasts; by default the identity.
    ///   - repairing: whether inconsistent contrasts of a multi-arm study are replaced by the nearest consistent ones, which
    ///     `diagnostics` then reports; by default not.
    /// - Throws: `MetaAnalysisError`: `.tooFewStudies` for no contrast, `.invalidOutcome` for an impossible contrast,
    ///   `.inconsistentMultiArmStudy` for a study that lacks a pair, repeats one, or whose contrasts contradict each other by more than
    ///   0.05 of its smallest standard error and are not repaired. O(Σ a³).
    public init(
        _ contrasts: [Contrast], measure: String = "GEN", scale: EffectScale = .identity, repairing: Bool = false
    ) throws {
        try self.init(contrasts, sizes: [:], measure: measure, scale: scale, repairing: repairing)
    }

    /// Creates a network from arms, and from further contrasts on the analysis scale of the measure.
    ///
    /// A continuity correction, if there is one, is added to all arms of a study or to none. For differences of risks and rates it changes
    /// only the variance, unless the settings say otherwise (`ContinuityCorrection.Target`).
    ///
    /// - Parameters:
    ///   - arms: arms in any order; two or more for each study.
    ///   - contrasts: contrasts of other studies.
    ///   - measure: measure of effect for two such arms.
    ///   - settings: continuity correction, variance variant, bias correction.
    ///   - repairing: whether inconsistent contrasts of a multi-arm study are replaced by the nearest consistent ones; by default not.
    /// - Throws: `MetaAnalysisError`: as for contrasts, and `.invalidOutcome` for data that no arm can have or two arms with the same
    ///   treatment in a study, `.unsupportedCombination` for a variance that the measure does not define.
    public init<Outcome: ArmOutcome>(
        _ arms: [NetworkArm<Outcome>], and contrasts: [Contrast] = [], measure: Outcome.Pair.Measure,
        settings: EffectSettings = EffectSettings(), repairing: Bool = false
    ) throws {
        let settings = settings.forNetwork(measure.details)
        let found = try ArmContrasts(arms, measure: measure, settings: settings)
        let labels = Set(arms.map(\.study))
        if let twice = contrasts.first(where: { labels.contains($0.study) }) {
            throw MetaAnalysisError(
                .invalidOutcome, "the study is given by its arms and by contrasts",
                remedy: "give its arms or its contrasts, or two studies two labels",
                location: MetaAnalysisError.Location(row: twice.row, study: twice.study))
        }
        do {
            try self.init(
                found.contrasts + contrasts, sizes: found.sizes, measure: measure.details.code,
                scale: measure.details.scale, repairing: repairing)
        } catch let error as MetaAnalysisError where error.code == .tooFewStudies {
            throw error.because(of: found.excluded)
        } catch var error as MetaAnalysisError
            where error.code == .inconsistentMultiArmStudy && error.location.study.map(labels.contains) == true
        {
            // The arms are given; only the effects of this measure are inconsistent.
            error.message = "as \(measure.details.code) the effects of its arms do not agree: \(error.message)"
            error.remedy =
                "take another measure for studies of more than two arms, or the nearest effects that agree (--repair-multiarm)"
            throw error
        }
        excluded = found.excluded
        diagnostics = found.diagnostics + diagnostics
        self.settings = settings
        self.arms = Outcome.collection(arms)
    }

    private init(
        _ contrasts: [Contrast], sizes: [String: [Treatment: Double]], measure: String, scale: EffectScale,
        repairing: Bool
    ) throws {
        guard !contrasts.isEmpty else {
            throw MetaAnalysisError(
                .tooFewStudies, "no study compares two treatments",
                remedy: "give at least one study with two treatments")
        }
        for contrast in contrasts { try contrast.validate() }
        let treatments = Self.names(contrasts.flatMap { [$0.treatment, $0.versus] })
        let positions = Dictionary(uniqueKeysWithValues: treatments.enumerated().map { ($1, $0) })
        var diagnostics = Self.similarNames(treatments)
        var studies: [NetworkStudy] = []
        var faults: [MetaAnalysisError] = []
        let byStudy = Dictionary(grouping: contrasts, by: \.study)
        for (label, rows) in byStudy.sorted(by: { $0.key < $1.key }) {
            let label = rows.map(\.study).min { $0.isSpelledBefore($1) } ?? label
            do {
                var study = try NetworkStudy(label, rows, treatments, positions, sizes: sizes[label])
                if study.arms.count > 2, let note = try study.reconcile(treatments, repairing: repairing) {
                    diagnostics.append(note)
                }
                studies.append(study)
            } catch let error as MetaAnalysisError where error.code == .inconsistentMultiArmStudy {
                faults.append(error)
            }
        }
        if var first = faults.first {
            let others = faults.dropFirst().map { other in
                (other.location.study.map(quoted) ?? "") + (other.location.row.map { " (line \($0))" } ?? "")
            }
            if !others.isEmpty {
                first.message += "; the contrasts of \(others.joined(separator: ", ")) do not agree either"
            }
            throw first
        }
        self.init(
            measure: measure, scale: scale, treatments: treatments, studies: studies, excluded: [],
            diagnostics: diagnostics, settings: nil, arms: nil)
    }

    private init(
        measure: String, scale: EffectScale, treatments: [Treatment], studies: [NetworkStudy],
        excluded: [ExcludedStudy], diagnostics: [Diagnostic], settings: EffectSettings?, arms: ArmCollection?
    ) {
        self.measure = measure
        self.scale = scale
        self.treatments = treatments
        self.studies = studies
        self.excluded = excluded
        self.diagnostics = diagnostics
        self.settings = settings
        self.arms = arms
    }

    /// Returns each treatment once, sorted; among several encodings of a name, the choice does not depend on the order.
    private static func names(_ treatments: [Treatment]) -> [Treatment] {
        var spellings: [Treatment: Treatment] = [:]
        for treatment in treatments {
            guard let known = spellings[treatment], !treatment.name.isSpelledBefore(known.name) else {
                spellings[treatment] = treatment
                continue
            }
        }
        return spellings.values.sorted()
    }

    /// Warns about names that a reader would take for the same.
    private static func similarNames(_ treatments: [Treatment]) -> [Diagnostic] {
        let alike = Dictionary(grouping: treatments, by: \.folded).values.filter { $0.count > 1 }
        return alike.sorted { $0[0] < $1[0] }.map { names in
            Diagnostic(
                .warning, .similarTreatments,
                "\(names.map { quoted($0.name) }.joined(separator: " and ")) are taken as different treatments; write them"
                    + " alike if they are the same")
        }
    }
}

extension String {
    /// Whether this encoding of a text is shorter than another, or equally long and first in order.
    fileprivate func isSpelledBefore(_ other: String) -> Bool {
        let (mine, theirs) = (unicodeScalars, other.unicodeScalars)
        return mine.count == theirs.count ? mine.lexicographicallyPrecedes(theirs) : mine.count < theirs.count
    }
}

extension MetaAnalysisError {
    /// Adds the reason of the first study that was left out, if there is one and the message has no other reason.
    func because(of excluded: [ExcludedStudy]) -> MetaAnalysisError {
        guard let first = excluded.first, !message.hasSuffix(")") else { return self }
        var error = self
        error.message += " (\(quoted(first.label)): \(first.reason))"
        error.remedy = "complete the data, or choose a measure or a correction that they allow"
        return error
    }
}

// MARK: - Structure

extension TreatmentNetwork {
    /// Returns the position of a treatment in `treatments`; `nil` for an unknown one.
    public func index(of treatment: Treatment) -> Int? { treatments.firstIndex(of: treatment) }

    /// Number of pairs compared, over all studies.
    public var comparisonCount: Int { studies.reduce(0) { $0 + $1.pairs.count } }

    /// Degrees of freedom of Cochran's Q for a connected network: Σ (a − 1) − (n − 1).
    var degreesOfFreedom: Int { studies.reduce(0) { $0 + $1.arms.count - 1 } - (treatments.count - 1) }

    /// Designs of the network, the sets of treatments compared, in the order of the treatments.
    public var designs: [NetworkDesign] {
        // Most designs differ in their first two arms, and comparing two numbers is faster than comparing two arrays.
        let keys = studies.map { $0.arms[0] * treatments.count + $0.arms[1] }
        let order = studies.indices.sorted { first, second in
            guard keys[first] == keys[second] else { return keys[first] < keys[second] }
            let (left, right) = (studies[first].arms, studies[second].arms)
            return left == right ? first < second : left.lexicographicallyPrecedes(right)
        }
        var designs: [NetworkDesign] = []
        var start = 0
        while start < order.count {
            let arms = studies[order[start]].arms
            let end = order[start...].firstIndex { studies[$0].arms != arms } ?? order.count
            designs.append(
                NetworkDesign(treatments: arms.map { treatments[$0] }, studies: Array(order[start..<end])))
            start = end
        }
        return designs
    }

    /// Connected parts of the network, the one with the most treatments first.
    public var connectedParts: [[Treatment]] {
        componentPositions.map { $0.map { treatments[$0] } }
    }

    private var componentPositions: [[Int]] {
        var root = Array(treatments.indices)
        func find(_ index: Int) -> Int {
            var index = index
            while root[index] != index { index = root[index] }
            return index
        }
        for study in studies {
            for arm in study.arms.dropFirst() {
                let (first, second) = (find(study.arms[0]), find(arm))
                root[max(first, second)] = min(first, second)
            }
        }
        return Dictionary(grouping: treatments.indices, by: find).values
            .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }

    /// Returns the network of these studies with their treatments; exclusions and diagnostics are not carried over.
    public func subset(_ positions: [Int]) -> TreatmentNetwork {
        let members = Set(positions.flatMap { studies[$0].arms }).sorted()
        let renumbered = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
        func moved(_ position: Int) -> Int { renumbered[position, default: 0] }
        let kept = positions.sorted().map { position in
            var study = studies[position]
            study.arms = study.arms.map(moved)
            for index in study.pairs.indices {
                study.pairs[index].first = moved(study.pairs[index].first)
                study.pairs[index].second = moved(study.pairs[index].second)
            }
            return study
        }
        let labels = Set(kept.map(\.label))
        return TreatmentNetwork(
            measure: measure, scale: scale, treatments: members.map { treatments[$0] }, studies: kept, excluded: [],
            diagnostics: [], settings: settings, arms: arms?.filtered(labels.contains))
    }

    /// Returns the network with other effects of the same pairs.
    func mapPairs(_ transform: (NetworkStudy.Pair) -> NetworkStudy.Pair) -> TreatmentNetwork {
        TreatmentNetwork(
            measure: measure, scale: scale, treatments: treatments,
            studies: studies.map { study in
                var study = study
                study.pairs = study.pairs.map(transform)
                return study
            }, excluded: excluded, diagnostics: diagnostics, settings: settings, arms: arms)
    }

    /// Each connected part as a network of its own, in the order of `connectedParts`.
    public var parts: [TreatmentNetwork] {
        componentPositions.map { members in
            let members = Set(members)
            return subset(self.studies.indices.filter { members.contains(self.studies[$0].arms[0]) })
        }
    }

    /// Checks that the network is connected.
    ///
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) naming the parts.
    func requireConnected() throws {
        let parts = connectedParts
        guard parts.count > 1 else { return }
        let shown = parts.prefix(5).map { "{\($0.map(\.shown).joined(separator: ", "))}" }.joined(separator: ", ")
        let rest = parts.count > 5 ? " and \(parts.count - 5) more" : ""
        throw MetaAnalysisError(
            .disconnectedNetwork,
            "the network falls into \(parts.count) parts that no study links: \(shown)\(rest)",
            remedy: "add a study that links them, or analyze each part by itself (--per-component)")
    }
}

// MARK: - Studies

extension NetworkStudy {
    /// - Throws: `MetaAnalysisError` (`.inconsistentMultiArmStudy`) naming pairs that are missing or repeated.
    fileprivate init(
        _ label: String, _ contrasts: [Contrast], _ treatments: [Treatment], _ positions: [Treatment: Int],
        sizes: [Treatment: Double]?
    ) throws {
        let oriented = contrasts.map { contrast in
            let (left, right) = (positions[contrast.treatment, default: 0], positions[contrast.versus, default: 0])
            let estimate = left < right ? contrast.estimate : -contrast.estimate
            let pair = Pair(
                first: min(left, right), second: max(left, right), estimate: estimate, variance: contrast.variance)
            return (pair: pair, row: contrast.row)
        }.sorted { ($0.pair.first, $0.pair.second) < ($1.pair.first, $1.pair.second) }
        let row = contrasts.compactMap(\.row).min()
        for (earlier, later) in zip(oriented, oriented.dropFirst()) {
            let pair = later.pair
            guard earlier.pair.first == pair.first, earlier.pair.second == pair.second else { continue }
            let lines = [earlier.row, later.row].compactMap(\.self).sorted()
            throw MetaAnalysisError(
                .inconsistentMultiArmStudy,
                "\(treatments[pair.first].shown) and \(treatments[pair.second].shown) are compared twice"
                    + (lines.count == 2 ? " (lines \(lines[0]) and \(lines[1]))" : ""),
                remedy: "give every pair of a study once, or two studies two labels",
                location: MetaAnalysisError.Location(row: lines.last, study: label))
        }
        let pairs = oriented.map(\.pair)
        var arms: [Int] = []
        for pair in pairs {
            if !arms.contains(pair.first) { arms.append(pair.first) }
            if !arms.contains(pair.second) { arms.append(pair.second) }
        }
        arms.sort()
        guard pairs.count == arms.count * (arms.count - 1) / 2 else {
            let given = Set(pairs.map { [$0.first, $0.second] })
            let missing = arms.enumerated().flatMap { index, first in
                arms.dropFirst(index + 1).filter { !given.contains([first, $0]) }.map {
                    "\(treatments[first].shown) versus \(treatments[$0].shown)"
                }
            }
            throw MetaAnalysisError(
                .inconsistentMultiArmStudy,
                "of \(arms.count) treatments not every pair is given: missing \(missing.joined(separator: ", "))",
                remedy: "add the missing pairs, or give the arms of the study",
                location: MetaAnalysisError.Location(row: row, study: label))
        }
        let ownSizes = sizes.map { sizes in arms.compactMap { sizes[treatments[$0]] } }
        self.init(
            label: label, row: row, arms: arms, pairs: pairs,
            sizes: ownSizes?.count == arms.count ? ownSizes : nil,
            group: contrasts.compactMap(\.group).min())
    }

    /// Greatest contradiction between the contrasts of a study that counts as rounding, in units of its smallest standard error.
    private static let tolerance = 0.05

    /// Checks that the contrasts are consistent, or makes them so.
    ///
    /// - Returns: a note on what was changed or taken for rounding; `nil` where nothing was.
    /// - Throws: `MetaAnalysisError` (`.inconsistentMultiArmStudy`) naming the sum that fails and by how much.
    fileprivate mutating func reconcile(_ treatments: [Treatment], repairing: Bool) throws -> Diagnostic? {
        let geometry = try StudyGeometry(self)
        let worst = worstTriple
        let error = (pairs.map(\.variance).min() ?? 0).squareRoot()
        guard abs(worst.excess) > 1e-9 * max(error, worst.size) else { return nil }
        func name(_ arm: Int) -> String { treatments[arms[arm]].shown }
        let identity =
            "\(name(worst.arms[0])) - \(name(worst.arms[1])) and \(name(worst.arms[1])) - \(name(worst.arms[2])) add up to"
            + " \(NumberFormat.significant(worst.sum, digits: 5)), but \(name(worst.arms[0])) - \(name(worst.arms[2])) is"
            + " \(NumberFormat.significant(worst.sum - worst.excess, digits: 5)): a difference of"
            + " \(NumberFormat.significant(worst.excess, digits: 3))"
        let isRounding = abs(worst.excess) <= Self.tolerance * error
        guard repairing else {
            if isRounding {
                return Diagnostic(
                    .note, .multiArmRepair,
                    "the contrasts contradict each other by less than \(Self.tolerance) standard errors (\(identity)), which"
                        + " is taken for rounding", studies: [label])
            }
            throw MetaAnalysisError(
                .inconsistentMultiArmStudy, identity,
                remedy: "correct the contrasts, give the arms of the study, or take the nearest contrasts that agree"
                    + " (--repair-multiarm)",
                location: MetaAnalysisError.Location(row: row, study: label))
        }
        var greatest = 0.0
        var next = 0
        for first in arms.indices {
            for second in arms.indices.dropFirst(first + 1) {
                let estimate = geometry.effects[first] - geometry.effects[second]
                greatest = max(greatest, abs(estimate - pairs[next].estimate))
                pairs[next].estimate = estimate
                next += 1
            }
        }
        return Diagnostic(
            isRounding ? .note : .warning, .multiArmRepair,
            "contrasts that contradict each other (\(identity)) were replaced by the nearest that agree; the greatest change"
                + " is \(NumberFormat.significant(greatest, digits: 3))", studies: [label])
    }

    /// The three arms with the least consistent contrasts: the excess of their sum, the sum, and the size of the summands.
    private var worstTriple: (arms: [Int], excess: Double, sum: Double, size: Double) {
        let a = arms.count
        var table = Matrix(rows: a, columns: a)
        var next = 0
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                table[first, second] = pairs[next].estimate
                next += 1
            }
        }
        var worst = (arms: [0, 1, 2], excess: 0.0, sum: 0.0, size: 0.0)
        for first in 0..<a {
            for second in (first + 1)..<max(a, first + 1) {
                for third in (second + 1)..<max(a, second + 1) {
                    let sum = table[first, second] + table[second, third]
                    let excess = sum - table[first, third]
                    if abs(excess) >= abs(worst.excess) {
                        let size = max(abs(table[first, second]), abs(table[second, third]))
                        worst = ([first, second, third], excess, sum, size)
                    }
                }
            }
        }
        return worst
    }
}
