/// The roles in which a row reports an effect: the form of the estimate and the kind of its precision.
struct ReportedLayout: Hashable, Sendable {
    var form: ReportedEffect.Form
    var precision: Precision

    enum Precision: Hashable, Sendable, CaseIterable {
        case variance, standardError, interval, pValue

        var roles: [Role] {
            switch self {
            case .variance: [.vi]
            case .standardError: [.sei]
            case .interval: [.ciLow, .ciHigh]
            case .pValue: [.pi]
            }
        }
    }

    var roles: [Role] { [form.role] + precision.roles }

    /// Every layout, in the order in which they are tried: variance, standard error, interval, p-value. If a row has an estimate in two
    /// forms, an interval belongs to the one that is not on the analysis scale. A variance or standard error is on the analysis scale.
    static let all: [ReportedLayout] = Precision.allCases.flatMap { precision in
        let forms = ReportedEffect.Form.allCases.filter { $0.precisions.contains(precision) }
        return (precision == .interval ? forms.filter { $0 != .analysis } + [.analysis] : forms)
            .map { ReportedLayout(form: $0, precision: precision) }
    }

    /// Returns the layouts in which an effect of this measure can be reported.
    static func of(_ measure: MeasureDescription) -> [ReportedLayout] {
        let forms = measure.reportedForms
        return all.filter { forms.contains($0.form) }
    }

    /// Makes a reported effect.
    ///
    /// - Parameters:
    ///   - estimate: the estimate in the form of this layout.
    ///   - first: variance, standard error, lower bound or p-value.
    ///   - second: upper bound; ignored without an interval.
    ///   - level: level of the interval; ignored without one.
    func effect(_ estimate: Double, _ first: Double, _ second: Double, level: Double) -> ReportedEffect {
        let precision: ReportedEffect.Precision =
            switch self.precision {
            case .variance: .variance(first)
            case .standardError: .standardError(first)
            case .interval: .interval(lower: first, upper: second, level: level)
            case .pValue: .pValue(first)
            }
        return ReportedEffect(estimate: estimate, precision: precision, form: form)
    }
}

extension ReportedEffect.Form {
    fileprivate var precisions: [ReportedLayout.Precision] {
        switch self {
        case .analysis: [.variance, .standardError, .interval]
        case .ratio: ReportedLayout.Precision.allCases
        case .proportion, .rate, .correlation, .reliability, .efficacy: [.interval]
        }
    }
}

extension MeasureDescription {
    /// The forms in which studies report such an effect; the analysis scale is always one of them.
    var reportedForms: [ReportedEffect.Form] {
        switch kind {
        case .proportion: [.analysis, .proportion]
        case .rate: [.analysis, .rate]
        case .correlation, .partialCorrelation: [.analysis, .correlation]
        case .reliability: [.analysis, .reliability]
        case .reported where scale == .identity: [.analysis]
        default:
            switch scale {
            case .logComplement: [.analysis, .efficacy]
            case .log:
                ["OR", "RR", "HR", "IRR"].contains(code) ? [.analysis, .ratio, .efficacy] : [.analysis, .ratio]
            default: [.analysis]
            }
        }
    }

    /// The sets of roles in which a row may report this effect instead of the data it is computed from.
    public var reportedRoles: [[Role]] { ReportedLayout.of(self).map(\.roles) }
}
