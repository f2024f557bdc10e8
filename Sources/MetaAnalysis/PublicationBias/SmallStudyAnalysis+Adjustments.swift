extension SmallStudyAnalysis {
    /// Adds the effects adjusted by models of publication. A model that the data do not allow is left out, with its reason.
    func adjust(_ report: inout SmallStudyReport, _ effects: EffectSizes, level: Double) throws {
        try report.attempt("limit-meta-analysis", isAsked: false) { report in
            report.limitMetaAnalysis = try LimitMetaAnalysis(level: level).fit(effects)
        }
        try report.attempt("copas", isAsked: false) { report in
            report.copas = try CopasModel(side: side, level: level).fit(effects)
        }
        // Significant studies lie on the side opposite to the missing ones.
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
    /// Diagnostics of the models of publication.
    var adjustmentDiagnostics: [Diagnostic] {
        (limitMetaAnalysis?.diagnostics ?? []) + (copas?.diagnostics ?? []) + (pUniform?.diagnostics ?? [])
            + (pUniformStar?.diagnostics ?? [])
    }
}
