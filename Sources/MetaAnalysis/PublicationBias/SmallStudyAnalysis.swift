/// An analysis of small-study effects in one set of studies: tests of asymmetry, trim and fill, fail-safe numbers, PET-PEESE and
/// Henmi–Copas, limit meta-analysis, the Copas model, p-uniform and selection models, each with warnings about its limits.
///
/// ```swift
/// let report = try SmallStudyAnalysis().fit(effects)
/// report.tests.map(\.pValue); report.omitted
/// ```
///
/// A setting that is `nil` runs its default methods as far as the data allow, and lists the others in `SmallStudyReport.omitted` with the
/// reason. A method that is requested by name is run, or an error says why it cannot be.
public struct SmallStudyAnalysis: Hashable, Sendable, Codable {
    /// Tests to run; `nil` runs all that the data allow but `deeks`, which is for diagnostic odds ratios.
    public var tests: [SmallStudyMethod]?
    /// Predictor of the tests `egger`, `egger-lm` and `thompson-sharp`; by default the standard error.
    public var predictor: FunnelPredictor
    /// Method of the test and interval of `egger`; by default the normal distribution.
    public var interval: IntervalMethod
    /// Estimators of the number of missing studies for trim and fill, one analysis each; `nil` takes `linear` (L0) alone.
    public var trimAndFill: [MissingStudiesEstimator]?
    /// Side on which studies are missing, for trim and fill, the Copas model and p-uniform; `nil` finds it from the data.
    public var side: FunnelSide?
    /// Fail-safe numbers to compute; `nil` computes all that the data allow.
    public var failSafe: [FailSafeNumber.Method]?
    /// Target of Orwin's and the general fail-safe number, on the analysis scale; `nil` takes the default of `FailSafeNumber.target`.
    public var target: Double?
    /// Selection models to fit; `nil` takes one step at 0.025 where both ranges have studies. The level of the analysis replaces theirs,
    /// and around a common effect they are models of a common effect.
    public var selection: [SelectionModel]?

    /// Creates an analysis of all methods with their defaults, unless some are named.
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

    /// Runs the analysis around a random-effects model.
    ///
    /// - Parameter model: pools the studies, with and without those of trim and fill. Its level applies to all methods with an interval.
    ///   Its estimator of τ² also applies to `egger`, `thompson-sharp` and the general fail-safe number, and a known τ² to these two tests.
    /// - Throws: `MetaAnalysisError` for a method that was requested by name and cannot be run, and the errors of the model.
    public func fit(_ effects: EffectSizes, model: RandomEffects = RandomEffects()) throws -> SmallStudyReport {
        try fit(effects, model, model.estimation)
    }

    /// Runs the analysis around the common effect; `egger` then uses a common effect as well.
    public func fit(_ effects: EffectSizes, model: CommonEffect) throws -> SmallStudyReport {
        try fit(effects, model, model.estimation)
    }

    private func fit(
        _ effects: EffectSizes, _ model: some PoolingModel, _ estimation: EstimationSettings
    ) throws -> SmallStudyReport {
        let level = estimation.level
        var report = SmallStudyReport(pooled: try model.fit(effects), settings: self)
        for method in tests ?? SmallStudyMethod.allCases {
            try report.attempt(method.rawValue, isAsked: tests != nil, unless: method.reasonNotByDefault) { report in
                report.tests.append(
                    try method.test(
                        effects, predictor: predictor, heterogeneity: estimation.heterogeneity, interval: interval,
                        level: level))
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
                        method: method, target: target,
                        heterogeneity: estimation.heterogeneity.estimator ?? .restrictedMaximumLikelihood
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

/// The results of an analysis of small-study effects: a complete record.
public struct SmallStudyReport: Hashable, Sendable, Codable {
    /// Outcome among several in one file; set by the caller.
    public var outcome: String?
    /// Pooled effect of the studies in the data.
    public var pooled: PooledEffect
    /// Results of the tests, in the order of `SmallStudyMethod` or as requested.
    public var tests: [SmallStudyTest] = []
    /// Methods that the data do not allow, with the reason.
    public var omitted: [OmittedAnalysis] = []
    /// Results of trim and fill, one for each estimator.
    public var trimAndFill: [TrimAndFillFit] = []
    /// Fail-safe numbers, one for each method.
    public var failSafe: [FailSafeFit] = []
    /// Effect adjusted by PET-PEESE; `nil` where it was left out.
    public var petPeese: PetPeeseFit?
    /// Mean with Henmi and Copas' interval; `nil` where it was left out.
    public var henmiCopas: HenmiCopasFit?
    /// Worst-case meta-analysis; `nil` where it was left out.
    public var worstCase: WorstCaseFit?
    /// Limit meta-analysis; `nil` where it was left out.
    public var limitMetaAnalysis: LimitMetaAnalysisFit?
    /// Copas selection model; `nil` where it was left out.
    public var copas: CopasFit?
    /// Effect adjusted by p-uniform; `nil` where it was left out.
    public var pUniform: PUniformFit?
    /// Effect and heterogeneity by p-uniform*; `nil` where it was left out.
    public var pUniformStar: PUniformStarFit?
    /// Selection models that were fitted.
    public var selectionModels: [SelectionModelFit] = []
    /// Settings of the analysis.
    public var settings: SmallStudyAnalysis

    init(pooled: PooledEffect, settings: SmallStudyAnalysis) {
        self.pooled = pooled
        self.settings = settings
    }

    /// Runs a step. Unless it was requested by name, a failure is kept as a reason.
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

    /// Diagnostics of all parts, each once.
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
    /// Code of the test or method, such as "harbord" or "copas".
    public var name: String
    /// Reason, as one clause that completes "left out: …".
    public var reason: String
}
