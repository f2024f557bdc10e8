@testable import MetaAnalysis

/// The data frame that the calls of the reference values work on: a table and, after `escalc`, its effects.
struct RFrame {
    let table: Table
    private(set) var effects: EffectSizes?

    /// Estimate and variance of every row of a table, `nil` where there is none.
    struct RowEffects: Sendable {
        var estimates: [Double?]
        var variances: [Double?]
    }

    /// Runs the lines that come before a call.
    init(_ lines: [String], in folder: GoldenFolder) throws {
        var frame: RFrame?
        for line in lines {
            guard case .operation("<-", .name("dat"), let call) = try RExpression(line) else {
                throw NotApplicable("preparation not known: \(line)")
            }
            switch call.function {
            case "read.csv":
                guard let path = call.positional.first?.text else { throw NotApplicable("read.csv of no file") }
                frame = RFrame(table: try folder.table(path))
            case "escalc":
                guard var known = frame else { throw NotApplicable("escalc without data") }
                known.effects = try Self.escalc(call, known.table)
                frame = known
            default: throw NotApplicable("preparation not known: \(line)")
            }
        }
        guard let frame else { throw NotApplicable("no data") }
        self = frame
    }

    init(table: Table) { self.table = table }

    /// The effects of `rma(yi, vi, …)`.
    func analysed() throws -> EffectSizes {
        if let effects { return effects }
        return try Self.effects(table, roles: ["yi": "yi", "vi": "vi"], measure: "GEN", settings: EffectSettings())
    }
}

// MARK: - Effects

extension RFrame {
    /// Effects by the library as `escalc` would compute them.
    static func escalc(_ call: RExpression, _ table: Table) throws -> EffectSizes {
        guard let measure = call["measure"]?.text else { throw NotApplicable("no measure") }
        guard let description = MeasureDescription.find(measure) else {
            throw NotApplicable("measure \(measure), which the library does not have")
        }
        let settings = try settings(call)
        if let variant = settings.variance, !description.variances.contains(variant) {
            throw NotApplicable("variance \(variant.rawValue) of \(measure) is not defined")
        }
        return try effects(table, roles: roles(call), measure: measure, settings: settings)
    }

    static func settings(_ call: RExpression) throws -> EffectSettings {
        var settings = EffectSettings()
        // Of two values the first is for the studies' own effects.
        if let add = call["add"]?.elements.first?.number { settings.correction.amount = add }
        if let to = call["to"]?.elements.first?.text {
            let known: [String: ContinuityCorrection.When] = [
                "only0": .zero, "all": .all, "if0all": .anyZero, "none": .never,
            ]
            guard let when = known[to] else { throw NotApplicable("to=\(to) is not defined") }
            settings.correction.when = when
        }
        if let drop = call["drop00"]?.elements.first?.logical { settings.correction.dropsDoubleZero = drop }
        if let code = call["vtype"]?.text {
            guard let variant = VarianceVariant(rawValue: code) else { throw NotApplicable("variance \(code)") }
            settings.variance = variant
        }
        if let correct = call["correct"]?.logical { settings.biasCorrected = correct }
        return settings
    }

    private static let settingNames: Set<String> = ["add", "to", "drop00", "vtype", "correct"]

    /// Column of each role; every other argument but those of the model is one.
    static func roles(_ call: RExpression) -> [String: String] {
        var roles: [String: String] = [:]
        for argument in call.arguments {
            guard let role = argument.name, role != "data", !settingNames.contains(role) else { continue }
            if let column = argument.value.name { roles[role] = column }
        }
        return roles
    }

    static func effects(
        _ table: Table, roles: [String: String], measure: String, settings: EffectSettings
    ) throws -> EffectSizes {
        // Columns that the call does not name take no part, whatever they are called.
        var assignments = roles
        for role in OutcomeKind.allCases.flatMap(\.roles).joined().map(\.rawValue) + ["outcome", "group"]
        where roles[role] == nil {
            assignments[role] = ""
        }
        let data = try StudyColumns(assignments: assignments, measure: measure).read(table)
        guard let studies = data.first?.studies else { throw NotApplicable("no studies") }
        return try studies.effectSizes(measureCode: measure, settings: settings)
    }

    /// The effects of the rows that an expression such as `alloc == "random"` holds for.
    func subset(_ effects: EffectSizes, where condition: RExpression) throws -> EffectSizes {
        guard case .operation("==", .name(let column), .text(let value)) = condition else {
            throw NotApplicable("subset not known")
        }
        let texts = try table.texts(in: column)
        let rows = rowsByLine
        return effects.subset(
            effects.effects.indices.filter { index in
                effects.effects[index].row.flatMap { rows[$0] }.map { texts[$0] == value } ?? false
            })
    }

    /// Estimate and variance of every row, `nil` for those that gave none.
    func byRow(_ effects: EffectSizes) -> RowEffects {
        var result = RowEffects(
            estimates: Array(repeating: nil, count: table.rowCount),
            variances: Array(repeating: nil, count: table.rowCount))
        let rows = rowsByLine
        for effect in effects.effects {
            guard let row = effect.row.flatMap({ rows[$0] }) else { continue }
            result.estimates[row] = effect.estimate
            result.variances[row] = effect.variance
        }
        return result
    }

    private var rowsByLine: [Int: Int] {
        Dictionary(uniqueKeysWithValues: (0..<table.rowCount).map { (table.line(ofRow: $0), $0) })
    }
}
