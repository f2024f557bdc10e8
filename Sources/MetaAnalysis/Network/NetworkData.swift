/// Rows of one outcome as they were read for a network, with what was left out and decided on the way.
public struct NetworkData: Hashable, Sendable {
    /// Value of the `outcome` column; `nil` when the table has none.
    public var outcome: String?
    /// Studies given by their arms; `nil` when there are none.
    public var arms: ArmCollection?
    /// Contrasts given, as effects or by the data of two groups; `nil` when there are none.
    public var pairs: StudyCollection?
    /// The treatments of each of `pairs`.
    public var pairTreatments: [PairTreatments] = []
    /// Rows that lack a value, by name and with the reason.
    public var excluded: [ExcludedStudy] = []
    public var diagnostics: [Diagnostic] = []
    /// Name in the file of the column read for each role.
    public var columns: [String: String] = [:]
    /// Which direction is better, where a column says it.
    public var preference: Preference?
    /// Number of rows by their code of quality, where a column has it.
    public var qualityCounts: [String: Int] = [:]

    public struct PairTreatments: Hashable, Sendable, Codable {
        public var treatment: Treatment
        public var versus: Treatment
    }

    init(outcome: String?) { self.outcome = outcome }
}

extension NetworkData {
    /// The network under the measure of this code.
    ///
    /// - Parameters:
    ///   - measureCode: the field's code in any case; `nil` takes the default of the kind of data. For effects as reported any
    ///     measure of a contrast serves as their name and scale.
    ///   - settings: continuity correction, variance variant, bias correction.
    ///   - repairing: whether contrasts of a multi-arm study that contradict each other are replaced by the nearest ones that
    ///     do not.
    /// - Throws: `MetaAnalysisError`: what `TreatmentNetwork` throws, and `.unsupportedCombination` for a measure that the data
    ///   do not give.
    public func network(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings(), repairing: Bool = false
    ) throws -> TreatmentNetwork {
        func arms<Outcome: ArmOutcome>(_ arms: [NetworkArm<Outcome>]) throws -> TreatmentNetwork {
            let measure = try Outcome.Pair.measure(code: measureCode)
            let known = try contrasts(measureCode: measure.details.code, settings)
            var network = try TreatmentNetwork(
                arms, and: known.contrasts, measure: measure, settings: settings, repairing: repairing)
            network.excluded += known.excluded
            network.diagnostics = known.diagnostics + network.diagnostics
            return network
        }
        var network: TreatmentNetwork
        switch self.arms {
        case .proportion(let list): network = try arms(list)
        case .singleMean(let list): network = try arms(list)
        case .rate(let list): network = try arms(list)
        case nil:
            let known = try contrasts(measureCode: measureCode, settings)
            network = try TreatmentNetwork(
                known.contrasts, measure: known.measure, scale: known.scale, repairing: repairing)
            network.excluded = known.excluded
            network.diagnostics = known.diagnostics + network.diagnostics
            network.settings = known.settings
        }
        network.excluded = (excluded + network.excluded).sorted { ($0.row ?? 0) < ($1.row ?? 0) }
        network.diagnostics = diagnostics + network.diagnostics
        if !qualityCounts.isEmpty {
            let list = qualityCounts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            network.diagnostics.append(
                Diagnostic(
                    .note, .rowQuality,
                    "rows by code of quality: \(list.joined(separator: ", ")); all of them are used alike (--filter takes some)"))
        }
        return network
    }

    private struct KnownContrasts {
        var contrasts: [Contrast] = []
        var measure = "GEN"
        var scale = EffectScale.identity
        var excluded: [ExcludedStudy] = []
        var diagnostics: [Diagnostic] = []
        var settings: EffectSettings?
    }

    private func contrasts(measureCode: String?, _ settings: EffectSettings) throws -> KnownContrasts {
        guard let pairs else { return KnownContrasts() }
        let kind = pairs.kind
        let own = kind.measures.contains { $0.code == measureCode?.uppercased() }
        let effects = try pairs.effectSizes(measureCode: kind == .reported && !own ? nil : measureCode, settings: settings)
        var known = KnownContrasts(
            measure: effects.measure, scale: effects.scale, excluded: effects.excluded,
            // Rows of one study share its label, as they should.
            diagnostics: effects.diagnostics.filter { $0.code != .duplicateLabels }, settings: effects.settings)
        if kind == .reported, !own, let code = measureCode, let description = MeasureDescription.find(code) {
            (known.measure, known.scale) = (description.code, description.scale)
        }
        known.contrasts = effects.effects.map { effect in
            let treatments = pairTreatments[effect.position]
            return Contrast(
                study: effect.label, treatments.treatment, versus: treatments.versus, estimate: effect.estimate,
                variance: effect.variance, row: effect.row, group: effect.group)
        }
        return known
    }
}
