import ArgumentParser
import MetaAnalysis

/// Options for the effect that is computed from the data of each study.
struct EffectOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            Code of the effect measure in any case (OR, RR, RD, MD, SMD, …; see metaan measures). Without it the kind of \
            data decides: OR for events of two groups, MD for means, MC for changes, GEN for effects as reported; the \
            answer says so.
            """, valueName: "code"))
    var measure: String?

    @Option(help: "Definition of the sampling variance, where the measure has several (metafor's vtype).")
    var variance: VarianceVariant?

    @Flag(
        help: """
            Leave out the small-sample bias correction of the measure (metafor's correct=FALSE); with --model \
            mantel-haenszel, the continuity correction of its test.
            """)
    var uncorrected = false

    @Flag(
        help: """
            Take the small-sample bias correction as first published, of measures whose correction has changed since (ROM, ROMC, CVR, \
            CVRC), as in metafor 3.8.
            """)
    var originalCorrection = false

    @Option(
        help: .init(
            "What is added to the cells of a table with a zero, which would make a ratio or its variance infinite.",
            valueName: "amount"), transform: Double.init(option:))
    var correction: Double?

    @Option(help: "Which tables the correction is added to.")
    var correctWhen: ContinuityCorrection.When?

    @Option(help: "The same correction for every cell, or in each arm by the size of the other.")
    var correctionKind: ContinuityCorrection.Kind?

    @Option(
        help: """
            What the correction changes, of risk and rate differences, single proportions and rates, which are defined at zero: \
            estimate-and-variance, or the variance alone. By default the variance alone in networks, as in netmeta, and both \
            elsewhere, as in metafor. Ratios need it for both.
            """)
    var correctionTarget: ContinuityCorrection.Target?

    @Flag(help: "Leave out studies without events, or without non-events, in both arms.")
    var dropDoubleZero = false

    func validate() throws {
        if uncorrected, originalCorrection {
            throw ValidationError("--original-correction has no meaning with --uncorrected; leave out one of them")
        }
        if let correction, !(correction >= 0 && correction.isFinite) {
            throw ValidationError("--correction \(correction) is not a number of 0 or more; write --correction 0.5")
        }
    }

    var settings: EffectSettings {
        var rule = ContinuityCorrection(dropsDoubleZero: dropDoubleZero)
        if let correction { rule.amount = correction }
        if let correctWhen { rule.when = correctWhen }
        if let correctionKind { rule.kind = correctionKind }
        rule.target = correctionTarget
        return EffectSettings(
            correction: rule, variance: variance, biasCorrected: !uncorrected,
            usesOriginalCorrection: originalCorrection)
    }
}

/// Option for the conversion of quantiles to means.
struct QuantileOptions: ParsableArguments {
    @Option(
        name: .customLong("quantiles"),
        help: """
            How mean and SD are found for a group reported by its median (median1i with q1_1i q3_1i or min1i max1i); luo-wan-shi by \
            default. See metaan help convert.
            """)
    var method: QuantileMethod?
}

/// Option for the confidence level of all intervals.
struct LevelOptions: ParsableArguments {
    @Option(
        help: .init("Confidence level of the intervals, between 0 and 1; 0.95 by default.", valueName: "level"),
        transform: Double.init(option:))
    var level = 0.95

    func validate() throws { try Self.check(level, option: "--level") }

    static func check(_ level: Double, option: String) throws {
        guard !(level > 0 && level < 1) else { return }
        // A level of 95 is rejected, not interpreted as 0.95, so that the value in use is always the value written.
        let remedy = level >= 50 && level < 100 ? level / 100 : 0.95
        throw ValidationError(
            "\(option) \(NumberFormat.count(level)) is not between 0 and 1; write \(option) \(remedy)")
    }
}
