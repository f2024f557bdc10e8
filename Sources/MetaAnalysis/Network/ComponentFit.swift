/// The effects of components and of their combinations: a complete record that can be read without the data and the settings.
///
/// Effects are on the analysis scale `scale`. Shapes: n treatments, p columns (components, then interactions).
public struct ComponentFit: Hashable, Sendable, Codable {
    /// Outcome among several in one file; set by the caller.
    public var outcome: String?
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// The n treatments, sorted by name.
    public var treatments: [Treatment]
    /// Number of studies.
    public var k: Int
    /// Number of pairs compared, over all studies.
    public var comparisonCount: Int
    /// Parts of the network that no study links; a single one where the network is connected.
    public var parts: [[Treatment]]
    /// Component without an effect; `nil` for none.
    public var inactive: Treatment?
    /// Effect of every active component versus its absence.
    public var components: [ComponentEffect]
    /// Effect that each interaction adds to the sum of its components, named "A*B".
    public var interactions: [ComponentEffect]
    /// Effect of every treatment versus the absence of all active components.
    public var combinations: [ComponentEffect]
    /// Effects of every pair of treatments once, in the order (0, 1), (0, 2), …, (1, 2), … of `treatments`.
    public var effects: [ComponentEffect]
    /// Names of the p columns of `matrix`.
    public var columns: [String]
    /// Matrix C, n × p: 1 where the treatment contains the component, or all components of the interaction, otherwise 0.
    public var matrix: [[Double]]
    /// The p coefficients, on the analysis scale. If `estimableBasis` is given, they are the solution of least norm, and single elements
    /// may have no meaning.
    public var coefficients: [Double]
    /// Covariance of the coefficients, p × p.
    public var covariance: [[Double]]
    /// Orthonormal vectors of length p that span the estimable combinations of coefficients; `nil` when all are estimable.
    public var estimableBasis: [[Double]]?
    /// Degrees of freedom of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Heterogeneity in the additive model.
    public var heterogeneity: Heterogeneity
    /// Tests of whether combinations work as the sum of their components.
    public var additivity: Additivity
    /// Studies that were left out, by name and with the reason.
    public var excluded: [ExcludedStudy]
    /// Warnings and notes on this fit.
    public var diagnostics: [Diagnostic]
    /// Settings of the analysis.
    public var settings: ComponentSettings

    /// Tests of whether combinations work as the sum of their components.
    public struct Additivity: Hashable, Sendable, Codable {
        /// Cochran's Q of the additive model.
        public var additive: InconsistencyTest
        /// Cochran's Q with an effect for every treatment; `nil` for a disconnected network.
        public var standard: InconsistencyTest?
        /// Difference of the two, a test of additivity; `nil` for a disconnected network, and without a p-value where no degrees of freedom
        /// are left.
        public var difference: InconsistencyTest?
    }
}

/// The effect of a component, of a combination, or of one combination versus another.
///
/// Every number is `nil` when the studies do not determine the effect.
public struct ComponentEffect: Hashable, Sendable, Codable {
    /// Name of the component, interaction, treatment or combination.
    public var name: String
    /// Name of the comparator; `nil` for the absence of every active component, or the inactive one.
    public var versus: String?
    /// Effect, on the analysis scale.
    public var estimate: Double?
    /// Standard error as the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double?
    /// Estimate divided by its standard error; `nil` also when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no effect; `nil` also when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the effect.
    public var confidenceInterval: ConfidenceInterval?

    /// The same seen from the other side.
    fileprivate func reversed(_ name: String, versus other: String) -> ComponentEffect {
        ComponentEffect(
            name: name, versus: other, estimate: estimate.map { -$0 }, standardError: standardError,
            statistic: statistic.map { -$0 }, pValue: pValue, confidenceInterval: confidenceInterval?.mirrored)
    }
}

/// The settings of a component network as codes, so that a result documents how it was computed.
public struct ComponentSettings: Hashable, Sendable, Codable {
    /// Separator between the components of a treatment's name.
    public var separator: String
    /// Component without an effect; `nil` for none.
    public var inactive: Treatment?
    /// Sets of components with an interaction.
    public var interactions: [[String]]
    /// Settings that a component network shares with other networks.
    public var network: NetworkSettings
}

// MARK: - Looking up

extension ComponentFit {
    /// Returns the effect of an active component versus its absence; `nil` for a name that is not one.
    public func component(_ name: String) -> ComponentEffect? { components.first { $0.name == name } }

    /// Returns the effect of one treatment of the network versus another; `nil` for a treatment that the network does not have, and for a
    /// treatment versus itself.
    public func effect(of treatment: Treatment, versus other: Treatment) -> ComponentEffect? {
        guard let first = treatments.firstIndex(of: treatment), let second = treatments.firstIndex(of: other),
            first != second
        else { return nil }
        let (low, high) = (min(first, second), max(first, second))
        let effect = effects[low * treatments.count - low * (low + 1) / 2 + high - low - 1]
        return first < second ? effect : effect.reversed(treatment.name, versus: other.name)
    }

    /// Computes the effect of any combination of the components versus another, whether studied or not.
    ///
    /// ```swift
    /// try fit.effect(ofCombination: "A + D", versus: "B").estimate
    /// ```
    ///
    /// - Parameter other: combination that it is compared with; `nil` for the absence of every active component.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a component that no treatment contains, `.invalidOutcome` for an empty or
    ///   repeated one.
    public func effect(ofCombination combination: String, versus other: String? = nil) throws -> ComponentEffect {
        let structure = try ComponentStructure(
            treatments, separator: settings.separator, inactive: inactive, interactions: settings.interactions)
        var weights = try structure.row(combination)
        if let other { weights = zip(weights, try structure.row(other)).map { $0 - $1 } }
        let inference = ContrastInference(degreesOfFreedom: degreesOfFreedom, level: settings.network.level)
        let space = estimableBasis.map { EstimableSpace(vectors: $0) }
        guard space?.contains(weights) ?? true else { return ComponentEffect(combination, versus: other, nil) }
        return ComponentEffect(
            combination, versus: other,
            inference.estimate(weights, coefficients, Matrix(rows: covariance)))
    }
}

// MARK: - Putting together

extension ComponentEffect {
    init(_ name: String, versus other: String?, _ found: Estimate?) {
        self.init(
            name: name, versus: other, estimate: found?.estimate, standardError: found?.standardError,
            statistic: found?.statistic, pValue: found?.pValue, confidenceInterval: found?.confidenceInterval)
    }
}

extension ComponentFit {
    /// Everything that is a combination of coefficients.
    mutating func fill(_ structure: ComponentStructure, _ regression: ContrastRegression, _ matrix: Matrix) {
        let singles = columns.indices.map { column in
            ComponentEffect(
                columns[column], versus: nil,
                regression.combination(columns.indices.map { $0 == column ? 1 : 0 }))
        }
        components = Array(singles.prefix(structure.components.count))
        interactions = Array(singles.dropFirst(structure.components.count))
        combinations = treatments.indices.map { row in
            ComponentEffect(treatments[row].name, versus: inactive?.name, regression.combination(self.matrix[row]))
        }
        effects = pairs(regression, matrix)
    }

    /// From n × n numbers: the coefficients' own would cost p² for each pair.
    private func pairs(_ regression: ContrastRegression, _ matrix: Matrix) -> [ComponentEffect] {
        let values = matrix * regression.scaledCoefficients
        let spread = matrix.sandwich(regression.scaledCovariance)
        let rests = self.matrix.map(regression.space.remainder)
        var pairs: [ComponentEffect] = []
        for first in treatments.indices {
            for second in treatments.indices.dropFirst(first + 1) {
                let weights = zip(self.matrix[first], self.matrix[second]).map { $0 - $1 }
                let rest = zip(rests[first], rests[second]).map { $0 - $1 }
                var found: Estimate?
                if EstimableSpace.isNegligible(rest, of: weights) {
                    // Treatments of the same components do not differ at all.
                    let differ = weights.contains { $0 != 0 }
                    found = regression.solution.estimate(
                        differ ? values[first] - values[second] : 0,
                        variance: differ
                            ? spread[first, first] + spread[second, second] - 2 * spread[first, second] : 0)
                }
                pairs.append(
                    ComponentEffect(treatments[first].name, versus: treatments[second].name, found))
            }
        }
        return pairs
    }

    /// What is to be said of the components and what they are parts of.
    func structureDiagnostics(_ parts: [[Treatment]]) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if parts.count > 1 {
            let shown = parts.prefix(5).map { "{\($0.map(\.name).joined(separator: ", "))}" }.joined(separator: ", ")
            notes.append(
                Diagnostic(
                    .warning, .disconnectedNetwork,
                    "no study links the \(parts.count) parts \(shown)\(parts.count > 5 ? ", …" : ""): what is said across them"
                        + " rests on the components alone, and additivity cannot be tested"))
        }
        let unknown = (components + interactions).filter { $0.estimate == nil }.map { quoted($0.name) }
        if !unknown.isEmpty {
            let remedy =
                inactive == nil ? "; without an inactive component only differences may be found" : ""
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "the studies do not determine the effect of \(Self.list(unknown))\(remedy)"))
        }
        let open = combinations.filter { $0.estimate == nil }.count
        let openPairs = effects.filter { $0.estimate == nil }.count
        if open + openPairs > 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "\(open) of \(combinations.count) combinations and \(openPairs) of \(effects.count) differences between"
                        + " treatments are not determined and have no numbers"))
        }
        let alike = Dictionary(grouping: treatments.indices, by: { matrix[$0] }).values.filter { $0.count > 1 }
        for group in alike.sorted(by: { $0[0] < $1[0] }) {
            notes.append(
                Diagnostic(
                    .warning, .similarTreatments,
                    "\(Self.list(group.map { quoted(treatments[$0].name) })) consist of the same active components: the model"
                        + " takes their effects as equal"))
        }
        return notes
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }

    func checkedForOverflow() throws -> ComponentFit {
        let numbers =
            coefficients + covariance.flatMap { $0 } + [heterogeneity.tauSquared, heterogeneity.cochranQ]
            + effects.compactMap(\.standardError)
        guard numbers.allSatisfy(\.isFinite) else { throw MetaAnalysisError.outOfRange }
        return self
    }
}
