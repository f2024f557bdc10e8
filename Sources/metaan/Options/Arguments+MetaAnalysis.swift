public import ArgumentParser
public import MetaAnalysis
public import MetaAnalysisPlots

/// Catalogues of the library as values of options: by their codes in any case, and by other names in use.
public protocol CodedArgument: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {
    /// Other names, in lower case.
    static var aliases: [String: Self] { get }
}

extension CodedArgument {
    public static var aliases: [String: Self] { [:] }

    public init?(argument: String) {
        let wanted = argument.lowercased()
        guard let value = Self.allCases.first(where: { $0.rawValue.lowercased() == wanted }) ?? Self.aliases[wanted]
        else {
            return nil
        }
        self = value
    }

    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension ClusterCorrection: CodedArgument {}
extension ContinuityCorrection.Kind: CodedArgument {}
extension ContinuityCorrection.Target: CodedArgument {}
extension ContinuityCorrection.When: CodedArgument {}
extension ContributionMethod: CodedArgument {}
extension ConversionKind: CodedArgument {}
extension EffectForm: CodedArgument {
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
    public static var aliases: [String: QuantileMethod] { ["luo": .luoWanShi, "shi": .luoWanShi] }
}
extension SelectionFunction.Kind: CodedArgument {
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
    /// metafor's names of the tests.
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
