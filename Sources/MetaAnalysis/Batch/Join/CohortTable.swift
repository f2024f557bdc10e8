/// The effects of one cohort on the markers of a join, and what became of its rows.
public struct CohortTable: Hashable, Sendable {
    /// File or cohort as the caller named it.
    public let name: String
    /// Rows that were read: those joined, those left out, and those without a value.
    public internal(set) var rowCount = 0
    /// Rows whose value is pooled.
    public internal(set) var joinedCount = 0
    /// Rows in which the effect, its precision or an allele is missing.
    public internal(set) var missingCount = 0
    /// Joined rows whose effect and other allele were exchanged, so that the sign of the effect was.
    public internal(set) var swappedCount = 0
    /// Joined rows that name the bases of the other strand.
    public internal(set) var turnedCount = 0
    /// Joined rows with alleles A/T or C/G, of which nobody can see the strand; they are taken by their letters.
    public internal(set) var ambiguousCount = 0
    /// Rows with alleles written as numbers: 1, 2, 3 and 4 are A, C, G and T.
    public internal(set) var numberedCount = 0
    /// Rows left out as their alleles are not those of the marker.
    public internal(set) var mismatchedCount = 0
    /// Rows left out as another row of the cohort has the same marker.
    public internal(set) var repeatedCount = 0

    /// Rows left out as they could not be read.
    public internal(set) var badCount = 0
    /// Rows left out as they could not be read or have the marker of another row.
    public var refusedCount: Int { repeatedCount + badCount }

    /// How alleles are written in the rows.
    var alleleCoding = AlleleCoding()

    /// Effect by marker, NaN where there is none; markers past its end have none.
    var effects: [Double] = []
    var variances: [Double] = []

    init(name: String, markerCount: Int) {
        self.name = name
        effects = Array(repeating: .nan, count: markerCount)
        variances = effects
    }

    /// The effect on a marker, NaN where there is none.
    func effect(of marker: Int) -> Double { marker < effects.count ? effects[marker] : .nan }

    mutating func set(_ effect: Double, _ variance: Double, at marker: Int) {
        while effects.count <= marker {
            effects.append(.nan)
            variances.append(.nan)
        }
        effects[marker] = effect
        variances[marker] = variance
    }

    /// Writes the numbers of some markers to the start of two columns.
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
