import MetaAnalysis

/// The R calls for the same small-study analyses, to follow a script that has fitted `res`.
struct BiasScript {
    var lines: [String]

    init(_ report: SmallStudyReport) {
        lines = report.tests.compactMap { Self.call($0, interval: report.settings.interval) }
        for filled in report.trimAndFill {
            lines.append(
                "trimfill(res, estimator = \"\(filled.missingEstimator.rawValue)\", side = \"\(filled.side.rawValue)\")"
            )
        }
        for number in report.failSafe {
            var arguments = ["yi, vi, data = es, type = \"\(number.type.rawValue.capitalized)\""]
            if let target = report.settings.target, number.type == .orwin || number.type == .general {
                arguments.append("target = \(target)")
            }
            lines.append("fsn(\(arguments.joined(separator: ", ")))")
        }
        if report.petPeese != nil {
            lines += [
                "summary(lm(yi ~ sqrt(vi), weights = 1 / vi, data = es))  # PET: the intercept",
                "summary(lm(yi ~ vi, weights = 1 / vi, data = es))        # PEESE: the intercept",
            ]
        }
        if report.henmiCopas != nil { lines.append("hc(res)") }
        if report.limitMetaAnalysis != nil {
            lines.append("# metasens::limitmeta(m), m from metabin, metacont or metagen")
        }
        if report.copas != nil { lines.append("# metasens::copas(m)") }
        if let fit = report.pUniform {
            lines.append("puniform::puniform(yi = es$yi, vi = es$vi, side = \"\(fit.side.rawValue)\", method = \"P\")")
        }
        if let fit = report.pUniformStar {
            lines.append(
                "puniform::puni_star(yi = es$yi, vi = es$vi, side = \"\(fit.side.rawValue)\", method = \"ML\")")
        }
        lines += report.selectionModels.map(Self.call)
    }

    private static func call(_ test: SmallStudyTest, interval: IntervalMethod) -> String? {
        let predictor = test.predictor ?? "sei"
        switch test.name {
        case .egger: return "regtest(update(res, test = \"\(interval.metaforTest)\"), predictor = \"\(predictor)\")"
        case .thompsonSharp: return "regtest(update(res, test = \"t\"), predictor = \"\(predictor)\")"
        case .eggerWeighted: return "regtest(res, model = \"lm\", predictor = \"\(predictor)\")"
        case .macaskill: return "regtest(res, model = \"lm\", predictor = \"ni\")"
        case .begg: return "ranktest(update(res, method = \"EE\"))"
        case .excessSignificance: return "tes(update(res, method = \"EE\", test = \"z\"), test = \"exact\")"
        case .harbord: return metabias("Harbord")
        case .peters: return metabias("Peters")
        case .deeks: return metabias("Deeks")
        case .schwarzer: return metabias("Schwarzer")
        case .arcsine: return metabias("Egger") + " with sm = \"ASD\""
        case .pustejovsky: return "# meta::metabias(m, method.bias = \"Pustejovsky\", k.min = 3), m from metacont"
        }
    }

    private static func metabias(_ method: String) -> String {
        "# meta::metabias(m, method.bias = \"\(method)\", k.min = 3), m from metabin"
    }
}

extension MetaforScript {
    /// Returns the script with the calls of each analysis inserted.
    func appending(_ calls: [[String]]) -> String {
        guard calls.count > 1 else { return text + (calls.first ?? []).map { $0 + "\n" }.joined() }
        // Every analysis begins with the selection of its rows.
        var parts = [[String]()]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("one <- ") { parts.append([]) }
            parts[parts.count - 1].append(line)
        }
        guard parts.count == calls.count + 1 else { return text + calls.joined().map { $0 + "\n" }.joined() }
        for (index, lines) in calls.enumerated() {
            while parts[index + 1].last?.isEmpty == true { parts[index + 1].removeLast() }
            parts[index + 1] += lines + [""]
        }
        return parts.joined().joined(separator: "\n")
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
