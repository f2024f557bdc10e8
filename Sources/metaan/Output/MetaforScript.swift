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

    /// Returns the code of a filter; an empty value or `NA` means a missing field.
    private static func filter(_ filter: RowFilter, _ table: Table) -> String {
        let values = filter.values.map { $0.isEmpty || $0 == "NA" ? "NA" : RCode.string($0.singleLine) }
        let test = "dat$\(RCode.name(table.columns[filter.column])) %in% c(\(values.joined(separator: ", ")))"
        return filter.keepsEqual ? "dat <- dat[\(test), ]" : "dat <- dat[!(\(test)), ]"
    }
}

extension MetaforScript {
    /// Returns the calls that follow the fit of one analysis, whose rows are those of `frame`.
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
    /// Confidence level of the intervals in the file.
    var reportedLevel: Double

    private var columns: [String: String] { analysis.data.columns }
    private var measure: String { analysis.pooled.settings.measure }
    private var kind: OutcomeKind { analysis.data.studies.kind }

    var lines: [String] { keptRows + modelLines }

    /// Code that removes studies with a group without participants or person-time; metaan leaves them out, whereas metafor rejects or
    /// counts them.
    private var keptRows: [String] {
        let sizes: [[String]]
        switch analysis.data.studies {
        case .twoGroupRates(let studies) where studies.contains(where: \.outcome.isEmpty): sizes = [["t1i"], ["t2i"]]
        case .twoByTwo(let studies) where studies.contains(where: \.outcome.isEmpty):
            sizes = columns["n1i"] == nil ? [["ai", "bi"], ["ci", "di"]] : [["n1i"], ["n2i"]]
        case .rate(let studies) where studies.contains { $0.outcome.time == 0 }: sizes = [["ti"]]
        case .proportion(let studies) where studies.contains { $0.outcome.size == 0 }: sizes = [["ni"]]
        default: return []
        }
        let conditions = sizes.map { roles in
            roles.map { RCode.name(columns[$0] ?? $0) }.joined(separator: " + ") + " > 0"
        }
        return ["\(frame) <- subset(\(frame), \(conditions.joined(separator: " & ")))  # the others are left out"]
    }

    private var modelLines: [String] {
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

    /// Returns the code of a random-effects model. With a given τ², metafor has no interval of τ², and the likelihood of ML is the one
    /// shown here. Its generalized Q estimators pool with the weights of their statistic, so inverse-variance pooling uses their τ² as
    /// given.
    private func randomEffectsLines(_ model: RandomEffects) -> [String] {
        func lines(_ method: String, tauSquared: (([String]) -> String)? = nil) -> [String] {
            fitLines(method: method, interval: model.interval, weighting: model.weighting, tauSquared: tauSquared)
        }
        if let known = model.heterogeneity.knownTauSquared { return lines("ML") { _ in "\(known)" } }
        guard let estimator = model.heterogeneity.estimator else { return lines("EE") }
        let method = estimator.rawValue
        guard Self.needsWeights.contains(estimator), model.weighting == .inverseVariance else {
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

    /// Returns the code for the interval of τ². The generalized Q interval of metafor requires a model fitted by that estimator.
    private func tauSquaredInterval(_ model: RandomEffects) -> String {
        guard model.tauSquaredInterval == .generalizedQ,
            !(model.heterogeneity.estimator.map(Self.needsWeights.contains) ?? false)
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
        let spared = ["RD", "IRD", "MPRD", "PR", "IR"]
        if settings.correction.target == .variance, spared.contains(measure) {
            lines.append("# The correction is for the variances alone.")
            lines.append(
                "es$yi <- "
                    + RCode.call(
                        "escalc", ["measure = \(RCode.string(metaforMeasure))"] + dataArguments + ["to = \"none\""])
                    + "$yi")
        }
        if usesCorrection, !analysis.pooled.excluded.isEmpty {
            lines.append("es <- subset(es, vi > 0)  # studies without a variance are left out")
        }
        return lines
    }

    /// Measure in metafor, which treats a change given as such as a mean.
    private var metaforMeasure: String {
        measure == "MC" && columns["mi"] != nil ? "MN" : description?.metaforCode ?? measure
    }

    private var dataRoles: [String] {
        let roles = (description?.roles ?? kind.roles).map { $0.map(\.rawValue) }
        return roles.first { $0.allSatisfy { columns[$0] != nil } } ?? kindRoles
    }

    private var kindRoles: [String] { kind.roles.joined().map(\.rawValue).filter { columns[$0] != nil } }

    private var dataArguments: [String] {
        var arguments = dataRoles.compactMap { role in
            columns[role].map { name in
                role == Role.proportion.rawValue
                    ? "xi = round(\(column(.proportion, beside: .proportion)) * \(column(.ni, beside: .proportion)))"
                    : "\(description?.metaforRole(role) ?? role) = \(RCode.name(name))"
            }
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
        // rma.mh has one value for the table of studies and one for the pooling, which is not corrected. Studies without events have no
        // effect of their own in that table.
        return pooled
            ? ["add = c(\(amount), 0)", "to = c(\(place), \"none\")", "drop00 = c(TRUE, \(drop))"]
            : ["add = \(amount)", "to = \(place)", "drop00 = \(drop)"]
    }

    /// Returns the code for effects as the studies report them, on the analysis scale or back-transformed.
    private func reported(as name: String) -> [String] {
        let scale = analysis.pooled.scale
        let layouts = (MeasureDescription.find(measure)?.reportedRoles ?? []).filter { roles in
            roles.allSatisfy { columns[$0.rawValue] != nil }
        }.compactMap { ReportedInR($0, scale: scale, level: reportedLevel, column: column) }
        guard let first = layouts.first else { return [] }
        if layouts.allSatisfy({ $0.estimate == first.estimate }) {
            return ["\(name) <- data.frame(yi = \(first.estimate), vi = NA)"]
                + layouts.map { "\(name)$vi <- ifelse(is.na(\(name)$vi), \($0.variance), \(name)$vi)" }
        }
        // A row is read by the first set of columns that is complete in it.
        return ["\(name) <- data.frame(yi = rep(NA_real_, nrow(\(frame))), vi = NA_real_)"]
            + layouts.flatMap { layout in
                [
                    "new <- data.frame(yi = \(layout.estimate), vi = \(layout.variance))",
                    "rows <- is.na(\(name)$vi) & complete.cases(new)", "\(name)[rows, ] <- new[rows, ]",
                ]
            }
    }

    /// Returns the column of a role, divided by 100 if it contains percentages.
    private func column(_ role: Role, beside estimate: Role) -> String {
        func expression(_ role: Role) -> String { "\(frame)$\(RCode.name(columns[role.rawValue] ?? role.rawValue))" }
        let isPercentage = columns[estimate.rawValue].map(analysis.data.percentages.contains) ?? false
        let isScaled = isPercentage && [estimate, .ciLow, .ciHigh].contains(role)
        return isScaled ? "(\(expression(role)) / 100)" : expression(role)
    }

    /// Code that inserts reported effects in rows without data.
    private var takingReported: [String] {
        let names = dataRoles.compactMap { columns[$0] }.map(RCode.string).joined(separator: ", ")
        return [
            "rows <- !complete.cases(\(frame)[, c(\(names))])", "es$yi[rows] <- known$yi[rows]",
            "es$vi[rows] <- known$vi[rows]",
        ]
    }

    /// Code for the bias correction as first published, which metafor no longer has. metafor computes the uncorrected effect and its
    /// variance; for CVR, the correction is added to the estimate.
    private var originalLines: [String] {
        var call = self
        call.settings.usesOriginalCorrection = false
        call.settings.biasCorrected = false
        let lines = call.computedLines
        guard measure == "CVR" else { return lines }
        let sizes = ["n1i", "n2i"].map { "\(frame)$\(RCode.name(columns[$0] ?? $0))" }
        return lines + ["es$yi <- es$yi + 1 / (2 * (\(sizes[0]) - 1)) - 1 / (2 * (\(sizes[1]) - 1))"]
    }

    /// Returns the code for effects that are computed by R's own arithmetic.
    private func formulaLines(_ formulas: (yi: String, vi: String)) -> [String] {
        let roles = kindRoles
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

    /// - Parameter tauSquared: function that returns the code of a given τ² from the additional arguments of the call; `nil` if τ² is
    ///   estimated.
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
            let isTestShared = analysis.subgroups?.testHeterogeneity == .common
            if analysis.subgroups?.commonTauSquared == nil {
                lines.append("parts <- lapply(split(seq_len(nrow(es)), es$\(RCode.name(subgroup))), function(rows)")
                lines.append("  " + call("rma", ["subset = rows"]) + ")")
                if isTestShared { lines.append("parts") }
            }
            if isTestShared {
                lines.append(call("bygroup <- rma", ["mods = \(factor)"]))
            } else {
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
    /// Returns a name, in backticks unless it is a syntactic name of R.
    static func name(_ name: String) -> String {
        let isPlain =
            name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
            && name.first?.isLetter == true && !reserved.contains(name)
        return isPlain ? name : "`" + escaped(name, quote: "`") + "`"
    }

    static func string(_ value: String) -> String { "\"" + escaped(value, quote: "\"") + "\"" }

    static func logical(_ value: Bool) -> String { value ? "TRUE" : "FALSE" }

    /// Returns a call on one line, or on several of at most 100 columns if it is longer.
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
    /// Code of the effect in metafor.
    fileprivate var metaforCode: String { ["DOR": "OR", "VE": "RR"][code] ?? code }

    /// Returns metafor's argument for a role; for an efficacy, that of the risk ratio with the groups exchanged.
    fileprivate func metaforRole(_ role: String) -> String {
        let exchanged = ["ai": "ci", "bi": "di", "ci": "ai", "di": "bi", "n1i": "n2i", "n2i": "n1i"]
        return code == "VE" ? exchanged[role] ?? role : role
    }

    /// metafor's call of `escalc` for this effect, with roles instead of columns.
    var metaforCall: String {
        if let formulas = formulasInR(nil) { return "rma(yi = \(formulas.yi),\n    vi = \(formulas.vi))" }
        switch (kind, code) {
        case (.reported, "HR"): return "rma(log(ratio), sei = (log(ci_high) - log(ci_low)) / (2 * qnorm(0.975)))"
        case (.reported, _): return "rma(yi, sei = (ci_high - ci_low) / (2 * qnorm(0.975)))"
        default:
            let roles = (roles.first ?? []).map { "\(metaforRole($0.rawValue)) = \($0.rawValue)" }
            return RCode.call("escalc", ["measure = \(RCode.string(metaforCode))"] + roles + ["data = dat"])
        }
    }
}

extension MeasureDescription {
    /// Returns the effect and its variance as R expressions of the roles (and of `yi`), for data that metafor uses as known effects.
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

/// An effect that studies report, as R expressions of its columns.
private struct ReportedInR {
    var estimate: String
    var variance: String

    /// - Returns: `nil` if the roles do not give such an effect.
    init?(_ roles: [Role], scale: EffectScale, level: Double, column: (_ role: Role, _ beside: Role) -> String) {
        guard let first = roles.first else { return nil }
        func transformed(_ role: Role) -> String? {
            let value = column(role, first)
            switch first {
            case .yi: return value
            case .ratio: return "log(\(value))"
            case .efficacy: return scale == .logComplement ? "-log(1 - \(value))" : "log(1 - \(value))"
            case .ri where scale == .identity: return role == .ri ? value : "atanh(\(value))"
            default: break
            }
            switch scale {
            case .identity: return value
            case .log: return "log(\(value))"
            case .logit: return "qlogis(\(value))"
            case .probit: return "qnorm(\(value))"
            case .arcsine: return "asin(sqrt(\(value)))"
            case .freemanTukey: return "transf.pft(\(value), \(column(.ni, first)))"
            case .squareRoot: return "sqrt(\(value))"
            case .freemanTukeyRate: return "transf.irft(\(value), \(column(.ti, first)))"
            case .fisherZ: return "atanh(\(value))"
            case .squaredFisherZ: return "atanh(sqrt(\(value)))"
            case .cubeRootComplement: return "(1 - (1 - \(value))^(1 / 3))"
            case .logComplement: return "-log(1 - \(value))"
            }
        }
        guard let estimate = transformed(first) else { return nil }
        self.estimate = estimate
        let quantile = "qnorm(\(0.5 + level / 2))"
        switch Array(roles.dropFirst()) {
        case [.vi]: variance = column(.vi, first)
        case [.sei]: variance = "\(column(.sei, first))^2"
        case [.pi]: variance = "(\(estimate) / qnorm(\(column(.pi, first)) / 2))^2"
        case [.ciLow, .ciHigh]:
            guard let upper = transformed(.ciHigh), let lower = transformed(.ciLow) else { return nil }
            let slope = first == .ri && scale == .identity ? " * (1 - \(estimate)^2)" : ""
            variance = "((\(upper) - \(lower)) / (2 * \(quantile))\(slope))^2"
        default: return nil
        }
    }
}

extension IntervalMethod {
    /// Argument `test=` of `rma`.
    var metaforTest: String {
        switch self {
        case .wald: "z"
        case .t: "t"
        case .hartungKnapp: "knha"
        case .hartungKnappTruncated: "adhoc"
        }
    }
}
