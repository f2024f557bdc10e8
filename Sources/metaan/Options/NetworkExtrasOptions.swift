import ArgumentParser
import MetaAnalysis

/// Options for results of a network beyond its effects, ranking and inconsistency.
struct NetworkExtrasOptions: ParsableArguments {
    @Flag(
        help: """
            Estimate the effects of components, a combination ("A + B") having the sum of those of its parts; components \
            also link a network that falls apart.
            """)
    var additive = false

    @Option(help: "What stands between the components of a treatment's name.")
    var separator = "+"

    @Option(help: .init("The component without an effect, such as placebo.", valueName: "treatment"))
    var inactive: String?

    @Option(
        help: .init(
            "Let the effects depend on a number of every study, centered at its mean. One covariate at a time.",
            valueName: "column"))
    var covariate: String?

    @Option(
        parsing: .singleValue,
        help: .init(
            "Show the effects at a value of the covariate: a number, or 'column=number'. May be repeated.",
            valueName: "value"))
    private var at: [String] = []

    @Option(help: "One coefficient of the covariate for all treatments versus the reference, or one for each.")
    var coefficients = NetworkMetaRegression.Coefficients.common

    @Option(
        help: .init(
            "Fit the network of every subgroup named by a column, and test between them.", valueName: "column"))
    var subgroup: String?

    @Flag(help: "Fit the network without each study.")
    var leaveOneOut = false

    @Option(
        help: """
            Show what every direct comparison contributes to every network estimate, by random-walk or shortest-path.
            """)
    var contributions: ContributionMethod?

    @Flag(
        help: """
            Show each design's part in the inconsistency, the net heat, and how evidence flows (mean path length, minimal \
            parallelism).
            """)
    var details = false

    func validate() throws {
        if !additive, inactive != nil { throw ValidationError("--inactive needs components; add --additive") }
        if covariate == nil, !at.isEmpty { throw ValidationError("--at needs a covariate; add --covariate COLUMN") }
        _ = try points
    }

    /// Values of the covariate at which effects are shown.
    private var points: [Double] {
        get throws {
            try at.map { text in
                let parts = text.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
                if parts.count > 1, let covariate, parts[0] != covariate.filter({ $0 != " " }) {
                    throw ValidationError(
                        "--at '\(text)' is not about the covariate \(covariate); write --at '\(covariate)=1'")
                }
                guard let value = parts.last.flatMap({ Double(decimal: String($0)) }) else {
                    throw ValidationError("--at '\(text)' has no number; write --at '\(covariate ?? "column")=1'")
                }
                return value
            }
        }
    }

    /// Computes the requested results.
    ///
    /// - Parameter numbers: values of the covariate by the label of the study.
    func results(
        _ network: TreatmentNetwork, _ settings: NetworkMetaAnalysis, tauSquared: Double,
        covariate numbers: [String: Double]
    ) throws -> NetworkExtras {
        var extras = NetworkExtras()
        if covariate != nil {
            extras.regression = try NetworkMetaRegression(
                reference: settings.reference, coefficients: coefficients, estimation: settings.estimation
            ).fit(network, covariate: numbers)
            let points = try points
            if !points.isEmpty {
                extras.regressionEffects = points.flatMap { extras.regression?.effects(at: $0) ?? [] }
            }
        }
        if subgroup != nil { extras.subgroups = try settings.subgroups(network) }
        if leaveOneOut { extras.leaveOneOut = try settings.leaveOneOut(network) }
        if let contributions {
            extras.contributions = try Contributions(method: contributions).fit(network, tauSquared: tauSquared)
        }
        if details {
            extras.designDecomposition = try DesignDecomposition(network)
            extras.netHeat = try NetHeat(network)
            extras.evidenceStructure = try EvidenceStructure(network, tauSquared: tauSquared)
        }
        return extras
    }

    /// Returns the effects of components of the whole network, which may be disconnected; `nil` unless requested.
    func components(_ network: TreatmentNetwork, _ settings: NetworkMetaAnalysis) throws -> ComponentFit? {
        guard additive else { return nil }
        return try ComponentNetwork(
            separator: separator, inactive: inactive.map { Treatment($0) }, estimation: settings.estimation
        ).fit(network)
    }
}
