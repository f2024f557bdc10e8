import ArgumentParser
import MetaAnalysis

/// Options that choose the selection models.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            A selection model: the effect before publication chose among studies by their p-values. TYPE is stepfun, beta, \
            halfnorm, negexp, logistic, power or trunc, followed by :p,… for the p-values at which weights change, =weight,… \
            for given weights (NA estimates one), and @sei, @vi, @ninv or @sqrtninv for selection that depends on precision. \
            May stand more than once; none leaves them out. By default stepfun:0.025, where the data allow it.
            """, valueName: "type[@precision][:p,…][=weight,…]"))
    var selection: [String] = []

    @Option(
        help: """
            What the p-values of selection models speak for: large effects (greater), low effects (less), or either \
            (two.sided); by default the direction of the common-effect mean.
            """)
    var alternative: SelectionModel.Alternative?

    func validate() throws {
        for code in selection where selection.count > 1 && code.lowercased() == "none" {
            throw ValidationError("--selection none leaves out all selection models; leave it out, or the others")
        }
        for code in selection where code.lowercased() != "none" {
            let function = try Self.function(code)
            do { try function.check() } catch let error as MetaAnalysisError {
                throw ValidationError("--selection \(code): \(error.message); \(error.remedy)")
            }
        }
        if alternative != nil, models?.isEmpty == true {
            throw ValidationError("--alternative has no meaning with --selection none; leave it out")
        }
    }

    /// Requested models; `nil` to fit those that the data allow.
    var models: [SelectionModel]? {
        guard !selection.isEmpty else { return alternative.map { [SelectionModel(alternative: $0)] } }
        return selection.compactMap { code in
            (try? Self.function(code)).map { SelectionModel($0, alternative: alternative) }
        }
    }

    /// Reads a selection function: TYPE[@precision][:p,…][=weight,…].
    private static func function(_ code: String) throws -> SelectionFunction {
        func refuse(_ what: String) -> ValidationError {
            ValidationError("--selection \(code): \(what); write it as stepfun:0.025,0.5 or halfnorm@sei")
        }
        let sides = code.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = sides[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = SelectionFunction.Kind(argument: String(names[0])) else {
            throw refuse("\"\(names[0])\" is no selection function")
        }
        var function = SelectionFunction(kind)
        if names.count > 1 {
            guard let precision = FunnelPredictor(argument: String(names[1])) else {
                throw refuse("\"\(names[1])\" is no measure of precision")
            }
            function.precision = precision
        }
        if parts.count > 1 {
            function.steps = try parts[1].split(separator: ",", omittingEmptySubsequences: false).map { part in
                guard let step = Double(decimal: String(part)) else { throw refuse("\"\(part)\" is no number") }
                return step
            }
        }
        if sides.count > 1 {
            function.weights = try sides[1].split(separator: ",", omittingEmptySubsequences: false).map { part in
                if part.lowercased() == "na" { return nil }
                guard let weight = Double(decimal: String(part)) else { throw refuse("\"\(part)\" is no number") }
                return weight
            }
        }
        return function
    }
}
