/// Rows of one outcome as they were read for a network, with the exclusions and decisions of the reader.
public struct NetworkData: Hashable, Sendable {
    /// Value of the `outcome` column; `nil` when the table has none.
    public var outcome: String?
    /// File or other source of the rows, as the caller named it; `nil` where it has no name.
    public var file: String?
    /// Studies that are given by their arms; `nil` when there are none.
    public var arms: ArmCollection?
    /// Contrasts that are given as effects or as data of two groups; `nil` when there are none.
    public var pairs: StudyCollection?
    /// Treatments of each of `pairs`, in the same order.
    public var pairTreatments: [PairTreatments] = []
    /// Contrasts of studies whose arms report estimates with standard errors.
    public var contrasts: [Contrast] = []
    /// Code of the default measure of these contrasts; `nil` when there are none.
    public var contrastMeasure: String?
    /// Rows that were left out, by name and with the reason.
    public var excluded: [ExcludedStudy] = []
    /// Warnings and notes of the reader.
    public var diagnostics: [Diagnostic] = []
    /// Names of the columns in the file by role.
    public var columns: [String: String] = [:]
    /// Which direction is better, from the column for it; `nil` without such a column.
    public var preference: Preference?
    /// Number of rows by their code of quality; empty without a column for it.
    public var qualityCounts: [String: Int] = [:]

    /// The treatments of one contrast.
    public struct PairTreatments: Hashable, Sendable, Codable {
        /// First treatment, the column `treat1`.
        public var treatment: Treatment
        /// Second treatment, the column `treat2`, whose effect is subtracted.
        public var versus: Treatment

        /// Creates the pair of `treatment` versus `versus`.
        public init(treatment: Treatment, versus: Treatment) {
            (self.treatment, self.versus) = (treatment, versus)
        }
    }

    init(outcome: String?, file: String? = nil) {
        self.outcome = outcome
        self.file = file
    }
}

extension NetworkData {
    /// Builds the network with the effects of a measure.
    ///
    /// - Parameters:
    ///   - measureCode: code of the measure in upper or lower case; `nil` takes the default of the kind of data. For reported effects it
    ///     can be any measure of a contrast, which gives their name and scale.
    ///   - settings: continuity correction, variance variant, bias correction.
    ///   - repairing: whether inconsistent contrasts of a multi-arm study are replaced by the nearest consistent ones.
    /// - Throws: `MetaAnalysisError`: the errors of `TreatmentNetwork`, and `.unsupportedCombination` for a measure that the data do not
    ///   give.
    public func network(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings(), repairing: Bool = false
    ) throws -> TreatmentNetwork {
        do {
            return try assembled(measureCode: measureCode, settings, repairing: repairing)
        } catch var error as MetaAnalysisError where error.location.row != nil || error.code == .tooFewStudies {
            if error.code == .tooFewStudies { error = error.because(of: excluded) }
            error.location.file = error.location.file ?? file
            error.location.column = error.location.column.map(columnName)
            throw error
        }
    }

    /// Returns the column in the file for a role; for the precision of an effect it is the column that was read.
    private func columnName(_ role: String) -> String {
        let roles = role == "sei" ? ["sei", "vi", "ci_low"] : role == "yi" ? ["yi", "ratio", "efficacy"] : [role]
        return roles.lazy.compactMap { columns[$0] }.first ?? role
    }

    private func assembled(
        measureCode: String?, _ settings: EffectSettings, repairing: Bool
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
            do {
                network = try TreatmentNetwork(
                    known.contrasts, measure: known.measure, scale: known.scale, repairing: repairing)
            } catch let error as MetaAnalysisError where error.code == .tooFewStudies {
                throw error.because(of: known.excluded)
            }
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
                    "rows by code of quality: \(list.joined(separator: ", ")); all of them are used alike (--filter takes some)"
                ))
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
        if let measureCode { try MeasureDescription.requireContrast(measureCode) }
        var known = KnownContrasts()
        if let pairs {
            known = try contrasts(of: pairs, measureCode: measureCode, settings)
        } else if let contrastMeasure, let measure = MeasureDescription.find(measureCode ?? contrastMeasure) {
            (known.measure, known.scale) = (measure.code, measure.scale)
        }
        try requireMeansOf(measureCode)
        known.contrasts += contrasts
        return known
    }

    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) for a measure that cannot be computed from means with standard errors.
    private func requireMeansOf(_ measureCode: String?) throws {
        let means = TwoGroupMeans.Measure.meanDifference.rawValue
        let own = [means, ReportedEffect.Measure.generic.rawValue]
        guard contrastMeasure == means, let measureCode, !own.contains(measureCode.uppercased()) else { return }
        throw MetaAnalysisError(
            .unsupportedCombination,
            "means with standard errors give differences of means (MD), not \(measureCode.uppercased())",
            remedy: "give standard deviations and sizes, or take MD",
            location: MetaAnalysisError.Location(row: contrasts.first?.row, study: contrasts.first?.study))
    }

    private func contrasts(
        of pairs: StudyCollection, measureCode: String?, _ settings: EffectSettings
    ) throws -> KnownContrasts {
        let kind = pairs.kind
        let settings = MeasureDescription.find(measureCode ?? kind.defaultMeasure).map(settings.forNetwork) ?? settings
        if kind != .reported {
            let treatments = Set(pairTreatments.flatMap { [$0.treatment, $0.versus] }).count
            let measure = MeasureDescription.find(measureCode ?? kind.defaultMeasure)
            if let measure { try settings.requireNoAverages(over: treatments, for: measure) }
        }
        let own = kind.measures.contains { $0.code == measureCode?.uppercased() }
        let effects = try pairs.effectSizes(
            measureCode: kind == .reported && !own ? nil : measureCode, settings: settings)
        var known = KnownContrasts(
            measure: effects.measure, scale: effects.scale, excluded: effects.excluded,
            // Rows of one study share its label on purpose.
            diagnostics: effects.diagnostics.filter { $0.code != .duplicateLabels }, settings: effects.settings)
        if kind == .reported, !own, let code = measureCode, let description = MeasureDescription.find(code) {
            (known.measure, known.scale) = (description.code, description.scale)
            if case .reported(let studies) = pairs {
                // Notes on effects without a measure are replaced by notes on this measure.
                known.diagnostics.removeAll { $0.code == .converted || $0.code == .asymmetricInterval }
                if description.scale != .identity { known.diagnostics += studies.routes(to: description.scale) }
                if let doubt = studies.doubtOfScale(description) { known.diagnostics.append(doubt) }
            }
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

extension MeasureDescription {
    /// Returns the measure with this code, if it compares two groups.
    ///
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) for an unknown measure and for one of a single group.
    @discardableResult package static func requireContrast(_ code: String) throws -> MeasureDescription {
        let kinds: [OutcomeKind] = [.twoByTwo, .twoGroupMeans, .twoGroupRates, .reported]
        let found = find(code.uppercased())
        func isContrast(_ measure: MeasureDescription) -> Bool {
            kinds.contains(measure.kind) && measure.changesSignWithGroups
        }
        if let found, isContrast(found) { return found }
        throw MetaAnalysisError(
            .unsupportedCombination,
            found.map {
                kinds.contains($0.kind)
                    ? "\($0.code) does not turn its sign with the groups, so that it is no contrast of treatments"
                    : "\($0.code) does not compare two groups, so that it is no contrast of treatments"
            } ?? "there is no measure \(quoted(code))",
            remedy: "take one of " + all.filter(isContrast).map(\.code).joined(separator: ", "))
    }
}
