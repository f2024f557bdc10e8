/// What can be said of small-study effects in one set of studies: tests of asymmetry, trim and fill, fail-safe numbers, PET-PEESE and
/// Henmi–Copas, limit meta-analysis, the Copas model and p-uniform, each with the reasons not to trust it.
///
/// ```swift
/// let report = try SmallStudyAnalysis().fit(effects)
/// report.tests.map(\.pValue); report.omitted
/// ```
///
/// Settings that are `nil` take everything that the data allow and name in `omitted` what they do not; what is named is made, or the
/// error says why it cannot be.
public struct SmallStudyAnalysis: Hashable, Sendable, Codable {
    public var tests: [SmallStudyMethod]?
    /// Of `egger`, `egger-lm` and `thompson-sharp`.
    public var predictor: FunnelPredictor
    /// Of `egger`, by default with the normal distribution.
    public var interval: IntervalMethod
    public var trimAndFill: [MissingStudiesEstimator]?
    /// Where studies are missing, for trim and fill, the Copas model and p-uniform; `nil` finds out.
    public var side: FunnelSide?
    public var failSafe: [FailSafeNumber.Method]?
    /// For Orwin's and the general fail-safe number, on the analysis scale.
    public var target: Double?
    /// Selection models; their level is that of the analysis, and where the analysis is of a common effect so are they.
    public var selection: [SelectionModel]?

    public init(
        tests: [SmallStudyMethod]? = nil, predictor: FunnelPredictor = .standardError,
        interval: IntervalMethod = .wald, trimAndFill: [MissingStudiesEstimator]? = nil, side: FunnelSide? = nil,
        failSafe: [FailSafeNumber.Method]? = nil, target: Double? = nil, selection: [SelectionModel]? = nil
    ) {
        self.tests = tests
        self.predictor = predictor
        self.interval = interval
        self.trimAndFill = trimAndFill
        self.side = side
        self.failSafe = failSafe
        self.target = target
        self.selection = selection
    }

    /// - Parameter model: pools the studies at hand and those of trim and fill; its estimator of τ² and level hold for all, and a known
    ///   τ² for the regressions with one.
    /// - Throws: `MetaAnalysisError` for what was asked for by name and cannot be made, and what the model throws.
    public func fit(_ effects: EffectSizes, model: RandomEffects = RandomEffects()) throws -> SmallStudyReport {
        try fit(
            effects, model, heterogeneity: model.heterogeneity, knownTauSquared: model.knownTauSquared,
            level: model.level)
    }

    /// The same around the common effect, which `egger` takes too.
    public func fit(_ effects: EffectSizes, model: CommonEffect) throws -> SmallStudyReport {
        try fit(effects, model, heterogeneity: nil, level: model.level)
    }

    private func fit(
        _ effects: EffectSizes, _ model: some PoolingModel, heterogeneity: HeterogeneityEstimator?,
        knownTauSquared: Double? = nil, level: Double
    ) throws -> SmallStudyReport {
        var report = SmallStudyReport(pooled: try model.fit(effects), settings: self)
        for method in tests ?? SmallStudyMethod.allCases {
            try report.attempt(method.rawValue, isAsked: tests != nil, unless: method.reasonNotByDefault) { report in
                report.tests.append(
                    try method.test(
                        effects, predictor: predictor, heterogeneity: heterogeneity, knownTauSquared: knownTauSquared,
                        interval: interval, level: level))
            }
        }
        for estimator in trimAndFill ?? [.linear] {
            try report.attempt("trim-and-fill", isAsked: trimAndFill != nil) { report in
                report.trimAndFill.append(try TrimAndFill(model, estimator: estimator, side: side).fit(effects))
            }
        }
        for method in failSafe ?? FailSafeNumber.Method.allCases {
            try report.attempt("fail-safe", isAsked: failSafe != nil) { report in
                report.failSafe.append(
                    try FailSafeNumber(
                        method: method, target: target, heterogeneity: heterogeneity ?? .restrictedMaximumLikelihood
                    ).fit(effects))
            }
        }
        try report.attempt("pet-peese", isAsked: false) { report in
            report.petPeese = try PetPeese(level: level).fit(effects)
        }
        try report.attempt("henmi-copas", isAsked: false) { report in
            report.henmiCopas = try HenmiCopas(level: level).fit(effects)
        }
        try report.attempt("worst-case", isAsked: false) { report in
            report.worstCase = try WorstCaseMetaAnalysis(model, level: level).fit(effects)
        }
        try adjust(&report, effects, level: level)
        try addSelectionModels(to: &report, effects, isCommon: model is CommonEffect, level: level)
        return report
    }
}

/// Everything that was found of small-study effects: a complete record.
public struct SmallStudyReport: Hashable, Sendable, Codable {
    /// Which of several outcomes of one file; set by the caller.
    public var outcome: String?
    /// The effect of the studies at hand.
    public var pooled: PooledEffect
    public var tests: [SmallStudyTest] = []
    /// What the data do not allow, with the reason.
    public var omitted: [OmittedAnalysis] = []
    public var trimAndFill: [TrimAndFillFit] = []
    public var failSafe: [FailSafeFit] = []
    public var petPeese: PetPeeseFit?
    public var henmiCopas: HenmiCopasFit?
    public var worstCase: WorstCaseFit?
    public var limitMetaAnalysis: LimitMetaAnalysisFit?
    public var copas: CopasFit?
    public var pUniform: PUniformFit?
    public var pUniformStar: PUniformStarFit?
    public var selectionModels: [SelectionModelFit] = []
    public var settings: SmallStudyAnalysis

    init(pooled: PooledEffect, settings: SmallStudyAnalysis) {
        self.pooled = pooled
        self.settings = settings
    }

    /// Runs a step; where it was not asked for by name, a failure is kept as a reason.
    mutating func attempt(
        _ name: String, isAsked: Bool, unless reason: String? = nil, _ step: (inout SmallStudyReport) throws -> Void
    ) throws {
        if let reason, !isAsked {
            omitted.append(OmittedAnalysis(name: name, reason: reason))
            return
        }
        do {
            try step(&self)
        } catch let error as MetaAnalysisError where !isAsked {
            if !omitted.contains(where: { $0.name == name }) {
                omitted.append(OmittedAnalysis(name: name, reason: error.message))
            }
        }
    }

    /// Those of all parts, each once.
    public var diagnostics: [Diagnostic] {
        let all: [[Diagnostic]] =
            [pooled.diagnostics] + tests.map(\.diagnostics) + trimAndFill.map(\.pooled.diagnostics)
            + failSafe.map(\.diagnostics)
            + selectionModels.map(\.diagnostics)
            + [petPeese?.diagnostics ?? [], henmiCopas?.diagnostics ?? [], worstCase?.diagnostics ?? []]
            + [adjustmentDiagnostics]
        var unique: [Diagnostic] = []
        for diagnostic in all.joined() where !unique.contains(diagnostic) { unique.append(diagnostic) }
        return unique
    }
}

/// A test or method that was left out.
public struct OmittedAnalysis: Hashable, Sendable, Codable {
    public var name: String
    /// One clause that completes "left out: …".
    public var reason: String
}
