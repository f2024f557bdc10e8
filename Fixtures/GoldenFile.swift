// Reference values of one data set and one family of methods, as `reference/README.md` describes them.

public import Foundation

/// One file of reference values.
public struct GoldenFile: Decodable, Sendable {
    /// The data the calls read, relative to the folder that holds `golden/`; empty when `inputs` carries the data.
    public let dataset: String
    /// What the file is about: `escalc`, `uni`, `alt`, `confint`, `mh`, `extra`, `grid`, …
    public let family: String
    /// The version of R that produced it.
    public let rVersion: String
    /// The versions of the packages used.
    public let packages: [String: String]
    /// Remarks that hold for every case.
    public let notes: String?
    /// The R lines that come before each call.
    public let prep: [String]
    /// In family `grid`, the effects of each measure.
    public let inputs: [String: GoldenInput]?
    /// The calls with their results.
    public let cases: [GoldenCase]

    private enum CodingKeys: String, CodingKey {
        case dataset, family, packages, notes, prep, inputs, cases
        case rVersion = "R"
    }

    /// Reads the file at `url`.
    public init(contentsOf url: URL) throws {
        self = try JSONDecoder().decode(GoldenFile.self, from: try Data(contentsOf: url))
    }
}

/// The effects that the cases of one measure start from, in family `grid`.
public struct GoldenInput: Decodable, Sendable {
    /// The data set, relative to the folder that holds `golden/`.
    public let dataset: String
    /// The R text that gave the effects.
    public let call: String
    /// The version of metafor that gave the effects.
    public let metafor: String
    /// The estimates, on the analysis scale.
    public let yi: [JSONValue]
    /// The sampling variances.
    public let vi: [JSONValue]
}

/// One call and its results.
public struct GoldenCase: Decodable, Sendable {
    /// The R text that was run.
    public let call: String
    /// The effect measure, in metafor's code.
    public let measure: String?
    /// The estimator of τ², or the kind of pooling.
    public let method: String?
    /// `z`, `t`, `knha` or `adhoc`.
    public let test: String?
    /// The kind of interval for τ²: `QP`, `GENQ`, `PL` or `HT`.
    public let type: String?
    /// A name for the case, in family `extra`.
    public let label: String?
    /// `script` where τ² was solved beside R, in family `grid`.
    public let by: String?
    /// A remark on the case.
    public let note: String?
    /// The R lines that come between the file's `prep` and `call`.
    public let prepExtra: [String]
    /// What R warned of.
    public let warnings: [String]
    /// Why R refused or failed; then nothing is expected.
    public let error: String?
    /// The results by name, empty when R failed.
    public let expected: [String: JSONValue]

    private enum CodingKeys: String, CodingKey {
        case call, measure, method, test, type, label, by, note, warnings, error, expected
        case prepExtra = "prep_extra"
    }

    /// Reads one case of a reference file.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        call = try fields.decode(String.self, forKey: .call)
        measure = try fields.decodeIfPresent(String.self, forKey: .measure)
        method = try fields.decodeIfPresent(String.self, forKey: .method)
        test = try fields.decodeIfPresent(String.self, forKey: .test)
        type = try fields.decodeIfPresent(String.self, forKey: .type)
        label = try fields.decodeIfPresent(String.self, forKey: .label)
        by = try fields.decodeIfPresent(String.self, forKey: .by)
        note = try fields.decodeIfPresent(String.self, forKey: .note)
        error = try fields.decodeIfPresent(String.self, forKey: .error)
        prepExtra = try fields.decodeIfPresent(JSONValue.self, forKey: .prepExtra)?.strings ?? []
        warnings = try fields.decodeIfPresent(JSONValue.self, forKey: .warnings)?.strings ?? []
        expected = try fields.decodeIfPresent([String: JSONValue].self, forKey: .expected) ?? [:]
    }
}

/// A JSON value whose numbers may be infinite or not a number.
public enum JSONValue: Decodable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a value of any type.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The number, with `"Inf"`, `"-Inf"` and `"NaN"` read as what they stand for; `nil` for anything else.
    public var number: Double? {
        switch self {
        case .number(let number): number
        case .string("Inf"): .infinity
        case .string("-Inf"): -.infinity
        case .string("NaN"): .nan
        default: nil
        }
    }

    /// The numbers of an array, or the one number; `nil` stands for each value that is missing.
    public var numbers: [Double?] {
        if case .array(let values) = self { values.map(\.number) } else { [number] }
    }

    /// The rows of a matrix; a single row or number counts as one row.
    public var rows: [[Double?]] {
        if case .array(let values) = self, case .array? = values.first { values.map(\.numbers) } else { [numbers] }
    }

    /// The strings of an array, or the one string.
    public var strings: [String] {
        switch self {
        case .string(let string): [string]
        case .array(let values): values.flatMap(\.strings)
        default: []
        }
    }

    /// The member of an object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// Whether the value is missing.
    public var isNull: Bool { self == .null }
}
