import MetaAnalysis

/// The R code that gives the same numbers with the package metafor.
struct MetaforScript {
    var text: String

    init(
        reading: Reading, analyses: [PoolAnswer.Analysis], filters: [String], pooling: Pooling,
        settings: EffectSettings,
        subgroup: String?, level: Double, reportedLevel: Double, after: (String) -> [String] = { _ in [] }
    ) {
        var lines = ["library(metafor)", ""]
        var file = reading.file
        if analyses.contains(where: { $0.data.diagnostics.contains { $0.code == .converted } }) {
            file = "converted.csv"
            let method = reading.quantileMethod.map { " --method \($0.rawValue)" } ?? ""
            lines.append(
                "# medians are converted beforehand: metaan convert mean \(reading.file)\(method) --format csv --output \(file)"
            )
        }
        lines.append(Self.read(file, file == reading.file ? reading.separator : .comma))
        lines += filters.compactMap { try? RowFilter($0, for: reading.table) }.map { Self.filter($0, reading.table) }
        for analysis in analyses {
            lines.append("")
            var frame = "dat"
            var tests = analysis.data.conditions.map { "dat$\(RCode.name($0.column)) %in% \(RCode.string($0.value))" }
            let totals = analysis.data.totals
            if let column = analysis.data.columns["study"], !totals.isEmpty {
                let names = totals.map { RCode.string($0.label) }.joined(separator: ", ")
                tests.append("!(dat$\(RCode.name(column)) %in% c(\(names)))")
            } else if !totals.isEmpty {
                // The header is line 1.
                let rows = totals.compactMap(\.row).map { String($0 - 1) }.joined(separator: ", ")
                tests.append("!(rownames(dat) %in% c(\(rows)))")
            }
            if !tests.isEmpty {
                frame = "one"
                lines.append("one <- dat[\(tests.joined(separator: " & ")), ]")
            }
            let step = Step(
                analysis: analysis, frame: frame, pooling: pooling, settings: settings, subgroup: subgroup,
                level: level,
                reportedLevel: reportedLevel)
            lines += step.lines + after(frame)
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func read(_ name: String, _ separator: Table.Separator) -> String {
        let file = name == "-" ? "file(\"stdin\")" : RCode.string(name)
        let separators: [Table.Separator: String] = [.tab: "\\t", .semicolon: ";"]
        let separator = separators[separator].map { ", sep = \"\($0)\"" } ?? ""
        let options = "check.names = FALSE, na.strings = c(\"\", \"NA\"), strip.white = TRUE"
        return "dat <- read.csv(\(file)\(separator), \(options))"
    }

    /// An empty value or `NA` stands for a missing field.
    private static func filter(_ filter: RowFilter, _ table: Table) -> String {
        let values = filter.values.map { $0.isEmpty || $0 == "NA" ? "NA" : RCode.string($0.singleLine) }
        let test = "dat$\(RCode.name(table.columns[filter.column])) %in% c(\(values.joined(separator: ", ")))"
        return filter.keepsEqual ? "dat <- dat[\(test), ]" : "dat <- dat[!(\(test)), ]"
    }
}

extension MetaforScript {
    /// The calls that follow the fit of one analysis, whose rows are those of `frame`.
    static func sensitivity(_ asked: SensitivityOptions, _ frame: String, isCountModel: Bool) -> [String] {
        var lines: [String] = []
        if asked.wantsLeaveOneOut { lines.append("leave1out(res)") }
        if let column = asked.cumulative {
            var values = "\(frame)$\(RCode.name(column))"
            if column.lowercased() == "input" { values = "seq_len(nrow(\(frame)))" }
            if column.lowercased() == "estimate" { values = "res$yi.f" }
            if column.lowercased() == "variance" { values = "res$vi.f" }
            lines.append("cumul(res, order = \(asked.order == .descending ? "-xtfrm(\(values))" : values))")
        }
        if asked.wantsInfluence {
            lines += isCountModel ? ["# metafor has no influence() for this model"] : ["influence(res)"]
            lines += ["rstandard(res)", "rstudent(res)"]
        }
        if asked.baujat { lines.append("baujat(res)") }
        if asked.gosh { lines.append("gosh(res)") }
        return lines
    }
}

/// The code of one analysis.
private struct Step {
    var analysis: PoolAnswer.Analysis
    var frame: String
    var pooling: Pooling
    var settings: EffectSettings
    var subgroup: String?
    var level: Double
    /// Of the intervals in the file.
    var reportedLevel: Double

    private var columns: [String: String] { analysis.data.columns }
    private var measure: String { analysis.pooled.settings.measure }
    private var kind: OutcomeKind { analysis.data.studies.kind }

    var lines: [String] {
        switch pooling {
        case .other(let model as MantelHaenszel):
            return [
                RCode.call(
                    "res <- rma.mh",
                    ["measure = \(RCode.string(measure))"] + dataArguments
                        + correctionArguments(pooled: true) + [
                            "correct = \(RCode.logical(model.continuityCorrectedTest))"
                        ]
                        + levelArguments),
                "res", backTransformation,
            ]
        case .other(is Peto):
            return [RCode.call("res <- rma.peto", dataArguments + levelArguments), "res", backTransformation]
        case .common(let model):
            return effectLines + fitLines(method: "EE", interval: model.interval, weighting: model.weighting)
        case .random(let model):
            return effectLines + randomEffectsLines(model)
        case .other: return []
        }
    }

    /// Where τ² is given, metafor has no interval of it, and the likelihood of ML is the one shown here. Its generalised Q
    /// estimators pool with the weights of their statistic, so inverse-variance pooling takes their τ² as given.
    private func randomEffectsLines(_ model: RandomEffects) -> [String] {
        func lines(_ method: String, tauSquared: (([String]) -> String)? = nil) -> [String] {
            fitLines(method: method, interval: model.interval, weighting: model.weighting, tauSquared: tauSquared)
        }
        if let known = model.knownTauSquared { return lines("ML") { _ in "\(known)" } }
        let method = model.heterogeneity.rawValue
        guard Self.needsWeights.contains(model.heterogeneity), model.weighting == .inverseVariance else {
            return lines(method) + [tauSquaredInterval(model)]
        }
        func moments(_ extra: [String]) -> String {
            let arguments = ["yi", "vi", "data = es", "method = \(RCode.string(method))", "weights = 1 / vi"]
            return RCode.call("rma", arguments + extra)
        }
        let type = RCode.string(model.tauSquaredInterval.rawValue)
        return lines("ML") { moments($0) + "$tau2" } + ["confint(\(moments([])), type = \(type))"]
    }

    private static let needsWeights: [HeterogeneityEstimator] = [.generalizedQ, .generalizedQMedian]

    /// metafor gives the generalised Q interval only for a model fitted by that estimator.
    private func tauSquaredInterval(_ model: RandomEffects) -> String {
        guard model.tauSquaredInterval == .generalizedQ,
            !Self.needsWeights.contains(model.heterogeneity)
        else { return "confint(res, type = \(RCode.string(model.tauSquaredInterval.rawValue)))" }
        return "confint(update(res, method = \"GENQ\", weights = 1 / vi), type = \"GENQ\")"
    }

    // MARK: Effects

    private var effectLines: [String] {
        switch analysis.data.studies {
        case .reported: return reported(as: "es") + namingLines
        case .mixed(let studies) where studies.computed.count == 0: return reported(as: "es") + namingLines
        case .mixed: return computedLines + reported(as: "known") + takingReported
        default: return computedLines
        }
    }

    private var computedLines: [String] {
        if settings.usesOriginalCorrection { return originalLines }
        if let formulas = description?.formulasInR(settings.variance) { return formulaLines(formulas) }
        var arguments = ["measure = \(RCode.string(metaforMeasure))"] + dataArguments
        arguments += correctionArguments(pooled: false)
        if let variance = settings.variance { arguments.append("vtype = \(RCode.string(variance.rawValue))") }
        if !settings.biasCorrected { arguments.append("correct = FALSE") }
        var lines: [String] = []
        if settings.correction.kind == .treatmentArm, usesCorrection {
            lines.append("# metafor has no correction by the size of the other arm: studies with a zero will differ")
        }
        lines.append(RCode.call("es <- escalc", arguments))
        if usesCorrection, !analysis.pooled.excluded.isEmpty {
            lines.append("es <- subset(es, vi > 0)  # studies without a variance are left out")
        }
        return lines
    }

    /// A change given as such is a mean to metafor.
    private var metaforMeasure: String {
        measure == "MC" && columns["mi"] != nil ? "MN" : description?.metaforCode ?? measure
    }

    private var dataRoles: [String] {
        (description?.roles ?? kind.roles).first { $0.allSatisfy { columns[$0] != nil } }
            ?? kind.roles.joined().filter { columns[$0] != nil }
    }

    private var dataArguments: [String] {
        var arguments = dataRoles.compactMap { role in
            columns[role].map { "\(description?.metaforRole(role) ?? role) = \(RCode.name($0))" }
        }
        if let study = columns["study"] { arguments.append("slab = \(RCode.name(study))") }
        return arguments + ["data = \(frame)"]
    }

    private var description: MeasureDescription? { kind.measures.first { $0.code == measure } }

    private var usesCorrection: Bool { description?.usesContinuityCorrection ?? false }

    private func correctionArguments(pooled: Bool) -> [String] {
        guard usesCorrection else { return [] }
        let rule = settings.correction
        let places = ["zero": "only0", "all": "all", "any-zero": "if0all", "never": "none"]
        let place = RCode.string(places[rule.when.rawValue] ?? "only0")
        let amount = "\(rule.amount)"
        let drop = RCode.logical(rule.dropsDoubleZero)
        // rma.mh takes one value for the table of studies and one for the pooling, which is left uncorrected. Studies
        // without events have no effect of their own in that table.
        return pooled
            ? ["add = c(\(amount), 0)", "to = c(\(place), \"none\")", "drop00 = c(TRUE, \(drop))"]
            : ["add = \(amount)", "to = \(place)", "drop00 = \(drop)"]
    }

    /// Effects as the studies report them: on the analysis scale, or ratios, whose logarithm is taken.
    private func reported(as name: String) -> [String] {
        func column(_ role: String) -> String? { columns[role].map { "\(frame)$\(RCode.name($0))" } }
        let isHazardRatio = kind == .reported && measure == "HR"
        let (effect, ratio) = isHazardRatio ? (nil, column("yi")) : (column("yi"), column("ratio"))
        func stored(_ expression: String) -> String {
            guard ratio != nil else { return expression }
            return effect.map { "ifelse(is.na(\($0)), log(\(expression)), \(expression))" } ?? "log(\(expression))"
        }
        let estimate: String =
            if let effect, let ratio {
                "ifelse(is.na(\(effect)), log(\(ratio)), \(effect))"
            } else {
                stored(ratio ?? effect ?? "NA")
            }
        var lines = ["\(name) <- data.frame(yi = \(estimate), vi = NA)"]
        func fill(_ expression: String) {
            lines.append("\(name)$vi <- ifelse(is.na(\(name)$vi), \(expression), \(name)$vi)")
        }
        if let variance = column("vi") { fill(variance) }
        if let error = column("sei") { fill("\(error)^2") }
        if let lower = column("ci_low"), let upper = column("ci_high") {
            fill("((\(stored(upper)) - \(stored(lower))) / (2 * qnorm(\(0.5 + reportedLevel / 2))))^2")
        }
        return lines
    }

    /// Puts the effects that studies report where their data are missing.
    private var takingReported: [String] {
        let names = dataRoles.compactMap { columns[$0] }.map(RCode.string).joined(separator: ", ")
        return [
            "rows <- !complete.cases(\(frame)[, c(\(names))])", "es$yi[rows] <- known$yi[rows]",
            "es$vi[rows] <- known$vi[rows]",
        ]
    }

    /// metafor keeps the variance of a measure, and has forgotten the correction it had at first.
    private var originalLines: [String] {
        var call = self
        call.settings.usesOriginalCorrection = false
        call.settings.biasCorrected = false
        let lines = call.computedLines
        guard measure == "CVR" else { return lines }
        let sizes = ["n1i", "n2i"].map { "\(frame)$\(RCode.name(columns[$0] ?? $0))" }
        return lines + ["es$yi <- es$yi + 1 / (2 * (\(sizes[0]) - 1)) - 1 / (2 * (\(sizes[1]) - 1))"]
    }

    /// Of effects that R computes by its own arithmetic.
    private func formulaLines(_ formulas: (yi: String, vi: String)) -> [String] {
        let roles = kind.roles.joined().filter { columns[$0] != nil }
        var values = roles.map { "\($0) <- \(frame)$\(RCode.name(columns[$0] ?? $0))" }
        if kind == .determination, !roles.contains("r2i") { values.append("r2i <- NA") }
        func fill(_ f: String) {
            values.append("r2i <- ifelse(is.na(r2i), mi * \(f) / (mi * \(f) + ni - mi - 1), r2i)")
        }
        if kind == .determination, roles.contains("fi") { fill("fi") }
        if kind == .determination, roles.contains("pi") { fill("qf(pi, mi, ni - mi - 1, lower.tail = FALSE)") }
        return values + ["yi <- \(formulas.yi)", "es <- data.frame(yi, vi = \(formulas.vi))"] + namingLines
    }

    private var namingLines: [String] {
        var lines: [String] = []
        if let study = columns["study"] {
            lines.append("attr(es$yi, \"slab\") <- make.unique(as.character(\(frame)$\(RCode.name(study))))")
        }
        if let subgroup { lines.append("es$\(RCode.name(subgroup)) <- \(frame)$\(RCode.name(subgroup))") }
        return lines
    }

    // MARK: Model

    /// - Parameter tauSquared: the code of a τ² that is given, from what is added to the call.
    private func fitLines(
        method: String, interval: IntervalMethod, weighting: Weighting, tauSquared: (([String]) -> String)? = nil
    ) -> [String] {
        var arguments = ["yi", "vi", "data = es", "method = \(RCode.string(method))"]
        arguments.append("test = \(RCode.string(interval.metaforTest))")
        switch weighting {
        case .inverseVariance: break
        case .inverseStandardError: arguments.append("weights = 1 / sqrt(vi)")
        case .equal where Self.needsWeights.map(\.rawValue).contains(method):
            arguments.append("weights = rep(1, nrow(es))")
        case .equal: arguments.append("weighted = FALSE")
        }
        arguments += levelArguments
        func call(_ function: String, _ extra: [String] = []) -> String {
            RCode.call(function, arguments + (tauSquared.map { ["tau2 = \($0(extra))"] } ?? []) + extra)
        }
        var lines = [call("res <- rma"), "res", backTransformation]
        if let subgroup {
            let factor = "~ factor(\(RCode.name(subgroup)))"
            if analysis.subgroups?.commonTauSquared != nil {
                lines.append(call("bygroup <- rma", ["mods = \(factor)"]))
            } else {
                lines.append("parts <- lapply(split(seq_len(nrow(es)), es$\(RCode.name(subgroup))), function(rows)")
                lines.append("  " + call("rma", ["subset = rows"]) + ")")
                lines.append(
                    "bygroup <- rma(sapply(parts, coef), sei = sapply(parts, `[[`, \"se\"), mods = ~ names(parts),")
                lines.append("               method = \"FE\")")
            }
            lines.append("bygroup")
        }
        return lines
    }

    private var levelArguments: [String] { level == 0.95 ? [] : ["level = \(level)"] }

    private var backTransformation: String {
        let functions: [EffectScale: String] = [
            .log: "exp", .logit: "transf.ilogit", .probit: "pnorm", .arcsine: "transf.iarcsin", .fisherZ: "transf.ztor",
            .squaredFisherZ: "transf.ztor2",
            .squareRoot: "transf.isqrt", .cubeRootComplement: "transf.iahw", .logComplement: "transf.iabt",
        ]
        var arguments = ["res"]
        if analysis.pooled.settings.predictionInterval == .higginsThompsonSpiegelhalter {
            arguments.append("predtype = \"Riley\"")
        }
        switch analysis.pooled.scale {
        case .freemanTukey:
            arguments += [
                "transf = transf.ipft.hm", "targs = list(ni = \(frame)$\(RCode.name(columns["ni"] ?? "ni")))",
            ]
        case .freemanTukeyRate:
            arguments += [
                "transf = transf.iirft", "targs = 1 / mean(1 / \(frame)$\(RCode.name(columns["ti"] ?? "ti")))",
            ]
        default:
            if let function = functions[analysis.pooled.scale] { arguments.append("transf = \(function)") }
        }
        return RCode.call("predict", arguments)
    }
}

/// Pieces of R code.
private enum RCode {
    /// A name, in backticks unless it is one that R reads as it stands.
    static func name(_ name: String) -> String {
        let isPlain =
            name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
            && name.first?.isLetter == true && !reserved.contains(name)
        return isPlain ? name : "`" + escaped(name, quote: "`") + "`"
    }

    static func string(_ value: String) -> String { "\"" + escaped(value, quote: "\"") + "\"" }

    static func logical(_ value: Bool) -> String { value ? "TRUE" : "FALSE" }

    /// A call on one line, or on several of at most 100 columns where it is longer.
    static func call(_ function: String, _ arguments: [String]) -> String {
        let line = "\(function)(\(arguments.joined(separator: ", ")))"
        guard line.count > 100 else { return line }
        var text = function + "("
        let indent = String(repeating: " ", count: text.count)
        var used = text.count
        for (index, argument) in arguments.enumerated() {
            let piece = argument + (index + 1 < arguments.count ? "," : ")")
            if index > 0, used + 1 + piece.count > 100 {
                text += "\n" + indent
                used = indent.count
            } else if index > 0 {
                text += " "
                used += 1
            }
            text += piece
            used += piece.count
        }
        return text
    }

    private static let reserved: Set<String> = [
        "if", "else", "repeat", "while", "function", "for", "next", "break", "in", "TRUE", "FALSE", "NULL", "NA", "NaN",
        "Inf",
    ]

    private static func escaped(_ text: String, quote: Character) -> String {
        var result = ""
        for character in text {
            if character == quote || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return result
    }
}

extension MeasureDescription {
    /// Under which code metafor has the effect.
    fileprivate var metaforCode: String { ["DOR": "OR", "VE": "RR"][code] ?? code }

    /// The argument of metafor that takes a role: for an efficacy, the risk ratio with the groups exchanged.
    fileprivate func metaforRole(_ role: String) -> String {
        let exchanged = ["ai": "ci", "bi": "di", "ci": "ai", "di": "bi", "n1i": "n2i", "n2i": "n1i"]
        return code == "VE" ? exchanged[role] ?? role : role
    }

    /// The call of metafor's `escalc` that gives this effect, with the roles standing for columns.
    var metaforCall: String {
        if let formulas = formulasInR(nil) { return "rma(yi = \(formulas.yi),\n    vi = \(formulas.vi))" }
        switch (kind, code) {
        case (.reported, "HR"): return "rma(log(yi), sei = (log(ci_high) - log(ci_low)) / (2 * qnorm(0.975)))"
        case (.reported, _): return "rma(yi, sei = (ci_high - ci_low) / (2 * qnorm(0.975)))"
        default:
            let roles = (roles.first ?? []).map { "\(metaforRole($0)) = \($0)" }
            return RCode.call("escalc", ["measure = \(RCode.string(metaforCode))"] + roles + ["data = dat"])
        }
    }
}

extension MeasureDescription {
    /// Effect and variance as R expressions of the roles (and of `yi`), for data that metafor takes as effects known beforehand.
    fileprivate func formulasInR(_ variance: VarianceVariant?) -> (yi: String, vi: String)? {
        switch kind {
        case .determination where code == "ZR2F": return ("atanh(sqrt(r2i))", "(2 - r2i) / (2 * ni)")
        case .determination where code == "R2F":
            let share = variance == .averaged ? "weighted.mean(r2i, ni, na.rm = TRUE)" : "r2i"
            return ("r2i", "2 * \(share) * (1 - \(share))^2 * (2 - \(share)) / ni")
        case .logRank: return ("oe / v", "1 / v")
        case .superiority:
            let mean = "((n1i + n2i) / 2 - 1)"
            let sizes = variance == .largeSampleSquaredCorrection ? ("(n1i - 1)", "(n2i - 1)") : (mean, mean)
            let inflation = "(1 + \(sizes.0) * (1 - ai) / (2 - ai) + \(sizes.1) * ai / (1 + ai))"
            return ("ai", "ai * (1 - ai) * \(inflation) / (n1i * n2i)")
        default: return nil
        }
    }
}

extension IntervalMethod {
    /// `test=` of `rma`.
    var metaforTest: String {
        switch self {
        case .wald: "z"
        case .t: "t"
        case .hartungKnapp: "knha"
        case .hartungKnappTruncated: "adhoc"
        }
    }
}
