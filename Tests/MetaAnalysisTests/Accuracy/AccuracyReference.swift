import Foundation

@testable import MetaAnalysis

/// The 40-digit values of `Fixtures/reference/accuracy/distributions.json`, written by `generate.py` beside it.
struct AccuracyReference: Decodable {
    /// One function of one family; a row holds its arguments, the reference as a sum of two doubles, and the
    /// probability that decides the region of the row.
    struct Table: Decodable {
        var family: String
        var function: String
        var rows: [[Double]]
    }

    struct QuadraticForm: Decodable {
        /// Coefficients of a plain form, weights of a centered one.
        var coefficients: [Double]
        var variances: [Double]?
        var q: Double
        var lower: [Double]
        var upper: [Double]
    }

    var tables: [Table]
    var quadraticForms: [QuadraticForm]

    static func load() throws -> AccuracyReference {
        let file = root.appending(path: "Fixtures/reference/accuracy/distributions.json")
        return try JSONDecoder().decode(AccuracyReference.self, from: Data(contentsOf: file))
    }

    static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
}

/// The greatest relative errors of one function, by region of the probability.
struct AccuracyMeasurement {
    enum Region: Int, CaseIterable {
        /// At least 1e-3.
        case body
        /// At least 1e-30.
        case tail
        /// At least 1e-300.
        case farTail

        init(probability: Double) {
            self = probability >= 1e-3 ? .body : probability >= 1e-30 ? .tail : .farTail
        }
    }

    var family: String
    var function: String
    var cases = 0
    var greatestError: [Double?] = [nil, nil, nil]
    /// Arguments of the worst row of each region.
    var worst: [String] = ["", "", ""]

    mutating func add(_ value: Double, reference: [Double], probability: Double, arguments: String) {
        cases += 1
        let error = abs(((value - reference[0]) - reference[1]) / reference[0])
        let region = Region(probability: probability).rawValue
        // NaN must not pass for a small error.
        guard !(error <= greatestError[region] ?? -1) else { return }
        greatestError[region] = error.isNaN ? .infinity : error
        worst[region] = arguments
    }

    static func all(_ reference: AccuracyReference) -> [AccuracyMeasurement] {
        var measurements = reference.tables.map { table in
            var measurement = AccuracyMeasurement(family: table.family, function: table.function)
            for row in table.rows {
                let arguments = Array(row.dropLast(3))
                measurement.add(
                    value(family: table.family, function: table.function, arguments), reference: Array(row.suffix(3)),
                    probability: row[row.count - 1], arguments: "\(arguments)")
            }
            return measurement
        }
        var lower = AccuracyMeasurement(family: "quadratic form", function: "lower tail")
        var upper = AccuracyMeasurement(family: "quadratic form", function: "upper tail")
        for row in reference.quadraticForms {
            let form =
                row.variances.map { QuadraticFormDistribution(weights: row.coefficients, variances: $0) }
                ?? QuadraticFormDistribution(coefficients: row.coefficients)
            let arguments = "\(row.coefficients) \(row.variances ?? []) \(row.q)"
            lower.add(form.lowerTail(row.q), reference: row.lower, probability: row.lower[0], arguments: arguments)
            upper.add(form.upperTail(row.q), reference: row.upper, probability: row.upper[0], arguments: arguments)
        }
        measurements += [lower, upper]
        return measurements
    }

    private static func value(family: String, function: String, _ arguments: [Double]) -> Double {
        let x = arguments[0]
        if family == "non-central t" {
            let distribution = NoncentralTDistribution(degreesOfFreedom: arguments[1], noncentrality: arguments[2])
            switch function {
            case "lower tail": return distribution.lowerTail(x)
            case "upper tail": return distribution.upperTail(x)
            case "quantile": return distribution.quantile(x)
            default: return distribution.upperQuantile(x)
            }
        }
        let distribution: ReferenceDistribution =
            switch family {
            case "normal": .normal
            case "t", "t, integer df": .studentT(degreesOfFreedom: arguments[1])
            case "chi-squared", "chi-squared, integer df": .chiSquared(degreesOfFreedom: arguments[1])
            case "F": .f(numerator: arguments[1], denominator: arguments[2])
            default: .beta(arguments[1], arguments[2])
            }
        switch function {
        case "lower tail": return distribution.lowerTail(x)
        case "upper tail": return distribution.upperTail(x)
        case "quantile": return distribution.quantile(x)
        default: return distribution.upperQuantile(x)
        }
    }
}
