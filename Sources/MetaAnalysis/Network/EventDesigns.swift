/// The studies of a network as counts of events, grouped by the set of treatments they compare. Studies and arms that cannot be used are
/// left out.
///
/// The following are left out, by name: studies without events, or with events only, in all arms; arms of a treatment without events, or
/// with events only, in all studies of a design; and studies that then have a single arm. A study remains in the design it was planned
/// with. Source: Efthimiou et al. (2019), Statistics in Medicine 38, doi:10.1002/sim.8158.
struct EventDesigns {
    /// The studies that compare the same treatments.
    struct Design {
        /// Treatments in their order, two or more.
        var treatments: [Treatment]
        /// Name of the planned design, for messages.
        let name: String
        var studies: [Study]
    }

    /// Counts of the arms of one study, in the order of the treatments of its design.
    struct Study {
        let label: String
        let row: Int?
        var events: [Double]
        var sizes: [Double]
        let group: String?

        var total: Double { events.reduce(0, +) }
        var size: Double { sizes.reduce(0, +) }
        func nonEvents(_ arm: Int) -> Double { sizes[arm] - events[arm] }
        /// Whether the study carries information: some participants had an event, and some had none.
        var isInformative: Bool { total > 0 && total < size }
    }

    /// Designs in the order of their treatments; the studies of each are sorted by label.
    private(set) var designs: [Design] = []
    private(set) var excluded: [ExcludedStudy] = []
    private(set) var diagnostics: [Diagnostic] = []
    private let network: TreatmentNetwork

    /// Groups the studies of a network by design.
    ///
    /// - Parameter method: name for messages, "the Mantel-Haenszel method".
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) for a network of another measure or without counts.
    init(_ network: TreatmentNetwork, method: String) throws {
        guard network.measure == TwoByTwoTable.Measure.oddsRatio.rawValue else {
            throw MetaAnalysisError(
                .unsupportedCombination, "\(method) pools odds ratios, and this is a network of \(network.measure)",
                remedy: "ask for odds ratios (OR), or pool \(network.measure) by inverse variance (NetworkMetaAnalysis)"
            )
        }
        guard case .proportion(let arms)? = network.arms else {
            throw MetaAnalysisError(
                .unsupportedCombination, "\(method) needs the events and participants of every arm",
                remedy:
                    "give arms with events and sizes, or pool the contrasts by inverse variance (NetworkMetaAnalysis)")
        }
        self.network = network
        var studies: [[Treatment]: [Study]] = [:]
        let byLabel = Dictionary(grouping: arms, by: \.study)
        for (label, arms) in byLabel.sorted(by: { $0.key < $1.key }) {
            let arms = arms.filter { $0.outcome.size > 0 }.sorted { $0.treatment < $1.treatment }
            let study = Study(
                label: label, row: byLabel[label]?.compactMap(\.row).min(), events: arms.map(\.outcome.events),
                sizes: arms.map(\.outcome.size), group: arms.lazy.compactMap(\.group).first)
            guard arms.count > 1 else {
                exclude(study, "it has \(arms.isEmpty ? "no" : "one") arm with participants, which compares nothing")
                continue
            }
            studies[arms.map(\.treatment), default: []].append(study)
        }
        for study in network.studies where byLabel[study.label] == nil {
            excluded.append(
                ExcludedStudy(
                    label: study.label, row: study.row, reason: "it reports effects, and \(method) needs counts"))
        }
        designs = studies.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { treatments, studies in
            Design(
                treatments: treatments, name: treatments.map(\.name).joined(separator: ":"), studies: studies)
        }
        excludeUninformativeStudies()
    }

    private mutating func exclude(_ study: Study, _ reason: String) {
        excluded.append(ExcludedStudy(label: study.label, row: study.row, reason: reason))
    }

    /// Leaves out studies without events, or with events only, in all arms.
    private mutating func excludeUninformativeStudies() {
        for index in designs.indices {
            for study in designs[index].studies where !study.isInformative {
                exclude(study, study.total > 0 ? "all participants of all arms had the event" : "no events in any arm")
            }
            designs[index].studies.removeAll { !$0.isInformative }
        }
        designs.removeAll { $0.studies.isEmpty }
    }

    /// Leaves out arms whose treatment has no events, or events only, in all studies of a design, until none of them is left.
    mutating func excludeUninformativeArms() {
        for index in designs.indices {
            while designs[index].treatments.count > 1 {
                let design = designs[index]
                let empty = design.treatments.indices.filter { arm in
                    design.studies.allSatisfy { $0.events[arm] == 0 }
                }
                let full = design.treatments.indices.filter { arm in
                    design.studies.allSatisfy { $0.nonEvents(arm) == 0 }
                }
                guard !empty.isEmpty || !full.isEmpty else { break }
                for arm in (empty + full).sorted(by: >) {
                    excludeArm(arm, of: index, empty.contains(arm) ? "without events" : "with events only")
                }
            }
        }
        designs.removeAll { $0.studies.isEmpty }
    }

    /// Leaves out one treatment of a design, and then the studies that no longer compare anything.
    mutating func excludeArm(_ arm: Int, of index: Int, _ reason: String) {
        let design = designs[index]
        diagnostics.append(
            Diagnostic(
                .warning, .armExcluded,
                "arms left out: \(quoted(design.treatments[arm].name)) \(reason) in design"
                    + " \(quoted(design.name))", studies: design.studies.map(\.label)))
        designs[index].treatments.remove(at: arm)
        for study in designs[index].studies.indices {
            designs[index].studies[study].events.remove(at: arm)
            designs[index].studies[study].sizes.remove(at: arm)
        }
        if designs[index].treatments.count == 1 {
            for study in designs[index].studies {
                exclude(study, "its design \(quoted(design.name)) is left with a single arm")
            }
            designs[index].studies = []
        }
        for study in designs[index].studies where !study.isInformative {
            exclude(
                study,
                study.total > 0
                    ? "all participants of the arms left had the event" : "no events in any of the arms left")
        }
        designs[index].studies.removeAll { !$0.isInformative }
    }

    /// Changes the counts of every study.
    mutating func adjust(_ change: (inout Study) -> Void) {
        for design in designs.indices {
            for study in designs[design].studies.indices { change(&designs[design].studies[study]) }
        }
    }

    /// Removes designs without studies.
    mutating func removeEmptyDesigns() { designs.removeAll { $0.studies.isEmpty } }

    /// Returns the network of the remaining studies.
    ///
    /// - Throws: `MetaAnalysisError`: `.notEstimable` when no study remains, `.disconnectedNetwork` when the remaining studies are not
    ///   connected, `.invalidSetting` for an unknown reference.
    func remainingNetwork() throws -> TreatmentNetwork {
        guard !designs.isEmpty else {
            throw MetaAnalysisError(
                .notEstimable, "no study has the events to compare two treatments by\(leftOut)",
                remedy:
                    "pool risk differences, or use a continuity correction with inverse variance (NetworkMetaAnalysis)")
        }
        let arms = designs.flatMap { design in
            design.studies.flatMap { study in
                design.treatments.indices.map { arm in
                    NetworkArm(
                        study: study.label, design.treatments[arm],
                        Proportion(events: study.events[arm], size: study.sizes[arm]), row: study.row,
                        group: study.group)
                }
            }
        }
        let remaining = try TreatmentNetwork(arms, measure: .oddsRatio)
        do { try remaining.requireConnected() } catch var error as MetaAnalysisError {
            error.message += leftOut
            throw error
        }
        return remaining
    }

    private var leftOut: String {
        let studies = excluded.map { "\(quoted($0.label)): \($0.reason)" }
        let all = diagnostics.map(\.message) + studies
        guard !all.isEmpty else { return "" }
        return " (left out before: \(all.prefix(5).joined(separator: "; "))\(all.count > 5 ? "; …" : ""))"
    }

    /// Returns all decisions for the result.
    ///
    /// - Parameter remaining: result of `remainingNetwork`.
    func decisions(_ remaining: TreatmentNetwork) -> [Diagnostic] {
        let lost = Set(network.treatments).subtracting(remaining.treatments).sorted()
        let losses = lost.map {
            Diagnostic(.warning, .notEstimable, "nothing is left to tell the effect of \(quoted($0.name)) from")
        }
        return network.diagnostics.filter { $0.code == .similarTreatments } + diagnostics
            + excluded.map { Diagnostic(.warning, .studyExcluded, "left out: \($0.reason)", studies: [$0.label]) }
            + losses
    }

    /// Returns the reference treatment of tables.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) also for a treatment without a remaining arm.
    func reference(_ wanted: Treatment?, in remaining: TreatmentNetwork) throws -> Treatment {
        if let wanted, network.treatments.contains(wanted), !remaining.treatments.contains(wanted) {
            throw MetaAnalysisError(
                .invalidSetting, "of the reference \(quoted(wanted.name)) no arm could take part\(leftOut)",
                remedy: "take another treatment as the reference")
        }
        return try remaining.reference(wanted)
    }
}

extension NetworkFit {
    /// Creates the record that common-effect models of counts share.
    init(
        _ designs: EventDesigns, _ remaining: TreatmentNetwork, model: ModelIdentity, estimates: [Double],
        covariance: Matrix,
        reference: Treatment, level: Double, inconsistency: Inconsistency, fit: FitStatistics?,
        diagnostics: [Diagnostic]
    ) {
        let treatments = remaining.treatments
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        var studies: [[Int]: Int] = [:]
        for pair in remaining.studies.flatMap(\.pairs) { studies[[pair.first, pair.second], default: 0] += 1 }
        var effects: [NetworkEffect] = []
        for first in treatments.indices {
            for second in treatments.indices.dropFirst(first + 1) {
                let estimate = estimates[first] - estimates[second]
                let error = max(
                    0, covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
                )
                .squareRoot()
                let statistic = error > 0 ? estimate / error : nil
                effects.append(
                    NetworkEffect(
                        treatment: treatments[first], versus: treatments[second], estimate: estimate,
                        standardError: error, statistic: statistic,
                        pValue: statistic.map(ReferenceDistribution.normal.twoSidedPValue),
                        confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: quantile * error),
                        studies: studies[[first, second], default: 0]))
            }
        }
        let positions = Dictionary(
            uniqueKeysWithValues: remaining.studies.enumerated().map { ($1.label, $0) })
        let total = inconsistency.total
        self.init(
            outcome: nil, scale: remaining.scale, treatments: treatments, k: remaining.studies.count,
            comparisonCount: remaining.comparisonCount,
            designs: designs.designs.map { design in
                NetworkDesign(
                    treatments: design.treatments, studies: design.studies.compactMap { positions[$0.label] })
            }, reference: reference, estimates: estimates,
            covariance: treatments.indices.map { row in treatments.indices.map { covariance[row, $0] } },
            degreesOfFreedom: nil, effects: effects,
            heterogeneity: Heterogeneity(
                cochranQ: total.q, count: Int(total.degreesOfFreedom) + 1, pValue: { _ in total.pValue }, level: level),
            inconsistency: inconsistency, fit: fit, excluded: designs.excluded,
            diagnostics: designs.decisions(remaining) + diagnostics,
            settings: NetworkSettings(
                measure: remaining.measure, model: model, estimator: nil, interval: .wald, tauSquaredInterval: nil,
                level: level, effects: nil))
    }
}
