public import ArgumentParser
public import MetaAnalysis
public import MetaAnalysisPlots

/// A catalog of the library as values of an option: codes in upper or lower case, and other names in use.
public protocol CodedArgument: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {
    /// Other names in use, in lower case, with their values; empty by default.
    static var aliases: [String: Self] { get }
}

extension CodedArgument {
    /// No other names.
    public static var aliases: [String: Self] { [:] }

    /// Reads a code or another name, ignoring case; `nil` for other text.
    public init?(argument: String) {
        let wanted = argument.lowercased()
        guard let value = Self.allCases.first(where: { $0.rawValue.lowercased() == wanted }) ?? Self.aliases[wanted]
        else {
            return nil
        }
        self = value
    }

    /// Codes of all values, for help texts and messages.
    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension ClusterCorrection: CodedArgument {}
extension ContinuityCorrection.Kind: CodedArgument {}
extension ContinuityCorrection.Target: CodedArgument {}
extension ContinuityCorrection.When: CodedArgument {}
extension ContributionMethod: CodedArgument {}
extension ConversionKind: CodedArgument {}
extension EffectForm: CodedArgument {
    /// Symbols of the effects in the literature: d, r and z.
    public static var aliases: [String: EffectForm] {
        ["d": .standardizedMeanDifference, "r": .correlation, "z": .fisherZ]
    }
}
extension EffectScale: CodedArgument {}
extension FailSafeNumber.Method: CodedArgument {}
extension FunnelPredictor: CodedArgument {}
extension FunnelSide: CodedArgument {}
extension MissingStudiesEstimator: CodedArgument {}
extension NetworkMetaRegression.Coefficients: CodedArgument {}
extension NodeSplitting.Method: CodedArgument {}
extension PredictionIntervalMethod: CodedArgument {}
extension Preference: CodedArgument {}
extension ProportionIntervalMethod: CodedArgument {}
extension QuantileMethod: CodedArgument {
    /// Names of the authors: Luo and Shi.
    public static var aliases: [String: QuantileMethod] { ["luo": .luoWanShi, "shi": .luoWanShi] }
}
extension SelectionFunction.Kind: CodedArgument {
    /// The short name `step`.
    public static var aliases: [String: SelectionFunction.Kind] { ["step": .step] }
}
extension SelectionModel.Alternative: CodedArgument {}
extension SmallStudyMethod: CodedArgument {}
extension StudyOrder: CodedArgument {}
extension SubgroupHeterogeneity: CodedArgument {}
extension TauSquaredIntervalMethod: CodedArgument {}
extension Theme: CodedArgument {}
extension UnderlyingDistribution: CodedArgument {}
extension VarianceVariant: CodedArgument {}
extension Weighting: CodedArgument {}

extension IntervalMethod: CodedArgument {
    /// Names of the tests in metafor.
    public static var aliases: [String: IntervalMethod] {
        ["z": .wald, "knha": .hartungKnapp, "hksj": .hartungKnapp, "adhoc": .hartungKnappTruncated]
    }
}

extension ModelName: CodedArgument {
    static var aliases: [String: ModelName] {
        ["fixed": .common, "ee": .common, "fe": .common, "ce": .common, "mh": .mantelHaenszel]
    }
}

extension NetworkModelName: CodedArgument {
    static var aliases: [String: NetworkModelName] {
        ["fixed": .common, "ee": .common, "fe": .common, "ce": .common, "mh": .mantelHaenszel, "nch": .hypergeometric]
    }
}

extension EstimatorName: ExpressibleByArgument {
    init?(argument: String) {
        let wanted = argument.lowercased()
        if ["ee", "fe", "ce"].contains(wanted) {
            self = .common
        } else if let estimator = HeterogeneityEstimator.allCases.first(where: { $0.rawValue.lowercased() == wanted }) {
            self = .estimator(estimator)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { HeterogeneityEstimator.allCases.map(\.rawValue) + ["EE", "FE"] }
}
