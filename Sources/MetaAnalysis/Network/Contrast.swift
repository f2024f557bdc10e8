/// The difference between two treatments in one study, on the analysis scale.
///
/// A study with a treatments gives all a(a − 1)/2 contrasts. Their estimates must be consistent: A − B and B − C add up to A − C.
public struct Contrast: Hashable, Sendable, Codable {
    /// Label of the study; contrasts with the same label belong to one study.
    public var study: String
    /// First treatment, the column `treat1`.
    public var treatment: Treatment
    /// Second treatment, the column `treat2`.
    public var versus: Treatment
    /// Effect of `treatment` minus that of `versus`; for ratios the difference of logarithms.
    public var estimate: Double
    /// Sampling variance, greater than 0, on the squared analysis scale.
    public var variance: Double
    /// Line of the file that it was read from; `nil` where there is no file.
    public var row: Int?
    /// Subgroup of the study; `nil` for none.
    public var group: String?

    /// Creates a contrast from its sampling variance.
    public init(
        study: String, _ treatment: Treatment, versus: Treatment, estimate: Double, variance: Double, row: Int? = nil,
        group: String? = nil
    ) {
        self.study = study
        self.treatment = treatment
        self.versus = versus
        self.estimate = estimate
        self.variance = variance
        self.row = row
        self.group = group
    }

    /// Creates a contrast from its standard error. A negative one gives a negative variance, which `TreatmentNetwork` rejects.
    public init(
        study: String, _ treatment: Treatment, versus: Treatment, estimate: Double, standardError: Double,
        row: Int? = nil, group: String? = nil
    ) {
        self.init(
            study: study, treatment, versus: versus, estimate: estimate,
            // The square alone would hide a minus sign.
            variance: standardError * standardError.magnitude, row: row, group: group)
    }
}

extension Contrast {
    /// Checks names, estimate and variance.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) naming study and row.
    func validate() throws {
        func fault(_ message: String, _ remedy: String, column: String) -> MetaAnalysisError {
            MetaAnalysisError(
                .invalidOutcome, message, remedy: remedy,
                location: MetaAnalysisError.Location(row: row, column: column, study: study))
        }
        if treatment.name.isEmpty || versus.name.isEmpty {
            throw fault(
                "a treatment has no name", "name both treatments",
                column: treatment.name.isEmpty ? "treat1" : "treat2")
        }
        if treatment == versus {
            throw fault(
                "\(quoted(treatment.name)) is compared with itself", "give two different treatments", column: "treat2")
        }
        guard estimate.isFinite else {
            throw fault("the effect is \(estimate.plain)", "give a finite number, or leave the row out", column: "yi")
        }
        guard variance >= EffectEstimate.leastVariance, variance.isFinite else {
            throw fault(
                "the sampling variance is \(variance.plain)",
                "give a standard error greater than 0 whose square is in the range of exact numbers", column: "sei")
        }
    }
}
