import Foundation
import Testing

@testable import MetaAnalysis

/// The distribution functions against references of 40 digits, within the budget that `docs/accuracy.md` prints.
@Suite struct DistributionAccuracyTests {
    private static let document = AccuracyReference.root.appending(path: "docs/accuracy.md")
    /// The table is for processors with an 80-bit `long double`; others get by with less, by region.
    #if arch(x86_64)
        private static let tolerated = [0.0, 0, 0]
    #else
        private static let tolerated = [1e-9, 1e-9, 1e-3]
    #endif

    private static let measured = Result { AccuracyMeasurement.all(try AccuracyReference.load()) }

    @Test func errorsStayWithinTheDocumentedBudget() throws {
        let measurements = try Self.measured.get()
        if ProcessInfo.processInfo.environment["METAAN_UPDATE_ACCURACY"] != nil {
            try AccuracyTable(measurements: measurements).write(to: Self.document)
        }
        let budget = try AccuracyTable(document: Self.document)
        #expect(budget.rows.map(\.name) == measurements.map { AccuracyTable.Row($0).name })
        for (measurement, row) in zip(measurements, budget.rows) {
            #expect(row.cases == measurement.cases)
            for region in AccuracyMeasurement.Region.allCases {
                let error = measurement.greatestError[region.rawValue]
                let limit = row.limits[region.rawValue]
                #expect((error == nil) == (limit == nil))
                guard let error, let limit else { continue }
                let tolerated = Self.tolerated[region.rawValue]
                let place = "\(row.name), \(region), at \(measurement.worst[region.rawValue])"
                #expect(error <= max(limit, tolerated), "\(place)")
                if tolerated == 0 {
                    #expect(limit <= 10 * AccuracyTable.roundedUp(error), "too cautious: \(place)")
                }
            }
        }
    }

    @Test func theReferencesCoverEveryFamilyAndRegion() throws {
        let measurements = try Self.measured.get()
        #expect(
            Set(measurements.map(\.family))
                == [
                    "normal", "t", "t, integer df", "chi-squared", "chi-squared, integer df", "F", "beta",
                    "non-central t",
                    "quadratic form",
                ])
        #expect(measurements.reduce(0) { $0 + $1.cases } > 2000)
        for measurement in measurements where measurement.family != "non-central t" {
            let name = "\(measurement.family), \(measurement.function)"
            #expect(measurement.greatestError.allSatisfy { $0 != nil }, "\(name)")
        }
    }
}
