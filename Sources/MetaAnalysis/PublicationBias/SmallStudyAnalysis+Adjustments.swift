extension SmallStudyAnalysis {
    /// Effects adjusted by models of what was published: each is left out with its reason where the data do not allow it.
    func adjust(_ report: inout SmallStudyReport, _ effects: EffectSizes, level: Double) throws {
        try report.attempt("limit-meta-analysis", isAsked: false) { report in
            report.limitMetaAnalysis = try LimitMetaAnalysis(level: level).fit(effects)
        }
        try report.attempt("copas", isAsked: false) { report in
            report.copas = try CopasModel(side: side, level: level).fit(effects)
        }
        // Significant studies lie opposite to where others are missing.
        let significant = side.map { $0 == .left ? FunnelSide.right : .left }
        try report.attempt("p-uniform", isAsked: false) { report in
            report.pUniform = try PUniform(side: significant, level: level).fit(effects)
        }
        try report.attempt("p-uniform*", isAsked: false) { report in
            report.pUniformStar = try PUniformStar(side: significant, level: level).fit(effects)
        }
    }
}

extension SmallStudyReport {
    /// Those of the models of what was published.
    var adjustmentDiagnostics: [Diagnostic] {
        (limitMetaAnalysis?.diagnostics ?? []) + (copas?.diagnostics ?? []) + (pUniform?.diagnostics ?? [])
            + (pUniformStar?.diagnostics ?? [])
    }
}
