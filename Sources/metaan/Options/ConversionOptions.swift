import ArgumentParser
import MetaAnalysis

/// Options of conversions for which there is a choice.
struct ConversionOptions: ParsableArguments {
    @Option(help: "Of mean: how the mean and SD are found from quantiles.")
    var method: QuantileMethod = .luoWanShi

    @Option(help: "Of effect: the form wanted, by the code of its measure.")
    var to: EffectForm = .standardizedMeanDifference

    @Option(help: "Of effect: what a quantity that was cut in two for an odds ratio follows in each group.")
    var distribution: UnderlyingDistribution = .logistic

    @Option(help: "Of scale: the analysis scale.")
    var scale: EffectScale = .log

    @Flag(help: "Of scale: take values to the scale instead of back from it.")
    var forward = false

    @Flag(help: "Of table: chi-squared statistics are without Yates's continuity correction.")
    var uncorrected = false

    var settings: ConversionSettings {
        ConversionSettings(
            method: method, target: to, distribution: distribution, scale: scale, isForward: forward,
            isCorrected: !uncorrected)
    }
}
