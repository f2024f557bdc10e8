/// The effects of one cohort on the markers of a join, with counts of how its rows were used.
public struct CohortTable: Hashable, Sendable {
    /// Name of the file or cohort, as the caller gave it.
    public let name: String
    /// Number of rows that were read: joined, left out or missing.
    public internal(set) var rowCount = 0
    /// Number of joined rows, whose effects are pooled.
    public internal(set) var joinedCount = 0
    /// Number of rows in which the effect, its precision or an allele is missing.
    public internal(set) var missingCount = 0
    /// Number of joined rows whose effect allele and other allele are exchanged, so that the sign of their effect was changed.
    public internal(set) var swappedCount = 0
    /// Number of joined rows with the bases of the other strand.
    public internal(set) var turnedCount = 0
    /// Number of joined rows with alleles A/T or C/G, whose strand is unknown; they are aligned by their letters.
    public internal(set) var ambiguousCount = 0
    /// Number of rows with alleles written as numbers: 1, 2, 3 and 4 for A, C, G and T.
    public internal(set) var numberedCount = 0
    /// Number of rows left out because their alleles are not those of the marker.
    public internal(set) var mismatchedCount = 0
    /// Number of rows left out because an earlier row of the cohort has the same marker.
    public internal(set) var repeatedCount = 0

    /// Number of rows left out because they could not be read.
    public internal(set) var badCount = 0
    /// Number of rows left out because they could not be read or repeat a marker.
    public var refusedCount: Int { repeatedCount + badCount }

    /// How the rows write alleles.
    var alleleCoding = AlleleCoding()

    /// Effect by marker; NaN if there is none, and markers after the end of the array have none.
    var effects: [Double] = []
    var variances: [Double] = []

    init(name: String, markerCount: Int) {
        self.name = name
        effects = Array(repeating: .nan, count: markerCount)
        variances = effects
    }

    /// Returns the effect on a marker; NaN if there is none.
    func effect(of marker: Int) -> Double { marker < effects.count ? effects[marker] : .nan }

    mutating func set(_ effect: Double, _ variance: Double, at marker: Int) {
        while effects.count <= marker {
            effects.append(.nan)
            variances.append(.nan)
        }
        effects[marker] = effect
        variances[marker] = variance
    }

    /// Writes the numbers of some markers to the start of two columns; NaN for markers without an effect.
    func copy(
        _ markers: Range<Int>, to effectColumn: UnsafeMutablePointer<Double>,
        _ varianceColumn: UnsafeMutablePointer<Double>
    ) {
        let stored = markers.clamped(to: 0..<effects.count)
        let known = stored.lowerBound == markers.lowerBound ? stored.count : 0
        effects.withUnsafeBufferPointer { column in
            guard known > 0, let base = column.baseAddress else { return }
            effectColumn.initialize(from: base + markers.lowerBound, count: known)
        }
        variances.withUnsafeBufferPointer { column in
            guard known > 0, let base = column.baseAddress else { return }
            varianceColumn.initialize(from: base + markers.lowerBound, count: known)
        }
        (effectColumn + known).initialize(repeating: .nan, count: markers.count - known)
        (varianceColumn + known).initialize(repeating: .nan, count: markers.count - known)
    }
}
