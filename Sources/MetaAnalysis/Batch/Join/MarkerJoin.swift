/// Joins the rows of several cohorts by the key of their marker, for one analysis of each marker.
///
/// The join prepares one file of summary statistics per cohort for pooling. Rows may be in any order, cohorts may lack markers, and effects
/// are aligned to the same effect allele. The alleles of a marker are those of the first row that has it. The effect of a row with
/// exchanged alleles changes its sign. A row with the alleles of the other strand (A for T, C for G) is first converted to the same strand.
/// The strand of A/T and C/G is unknown: such rows are aligned by their letters and counted. A row with other alleles is left out. Longer
/// alleles are compared as text. Case is ignored, and the numbers 1, 2, 3 and 4 are read as A, C, G and T.
///
/// ```swift
/// var join = MarkerJoin(aligningAlleles: false)
/// for (cohort, rows) in cohorts {
///     try join.beginCohort(cohort)
///     for row in rows { _ = try join.add(row.marker, effect: row.effect, variance: row.variance) }
/// }
/// let pooled = try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(join.batch())
/// ```
///
/// Markers are in the order of the first cohort, followed by the new markers of later cohorts in the order of their rows. A row is found in
/// O(1), without a search of the hash table if the cohorts have a similar order. Memory: 16 bytes for each marker and cohort, and for each
/// marker its key and about 30 bytes.
public struct MarkerJoin: Sendable {
    /// Whether rows have alleles, by which their effects are aligned.
    public let alignsAlleles: Bool
    /// Cohorts in the order in which they were begun.
    public private(set) var cohorts: [CohortTable] = []

    private var keys = KeyTable()
    private var alleleTexts = AlleleTexts()
    /// Alleles by marker; empty in a join without alleles.
    private var references: [AllelePair] = []
    /// Number of the last cohort with a row of the marker, counted from 1, by marker.
    private var lastCohorts: [UInt16] = []
    /// Position after the marker found last, which is the most likely position of the next marker. `formerlyExpected` is where rows
    /// continue after markers that the first file lacks, which are at the end.
    private var expected = 0
    private var formerlyExpected = 0

    /// Makes an empty join; `aligningAlleles` decides whether every row has alleles, or none.
    public init(aligningAlleles: Bool) { alignsAlleles = aligningAlleles }

    /// Number of different markers in all cohorts.
    public var markerCount: Int { keys.count }

    /// Number of rows read in all cohorts.
    public var rowCount: Int { cohorts.reduce(0) { $0 + $1.rowCount } }

    /// Whether some marker is in more than one cohort.
    public var hasSharedMarkers: Bool {
        // Each marker has one row in each cohort that has it.
        cohorts.reduce(0) { $0 + $1.joinedCount + $1.mismatchedCount } > markerCount
    }

    /// Returns the key of a marker, in UTF-8 as it was given.
    public func key(of marker: Int) -> ArraySlice<UInt8> { keys.text(at: marker) }

    /// Returns the alleles of a marker in upper case; all effects are those of the effect allele. `nil` in a join without alleles.
    public func alleles(of marker: Int) -> (effect: ArraySlice<UInt8>, other: ArraySlice<UInt8>)? {
        guard alignsAlleles else { return nil }
        return (alleleTexts.bytes(of: references[marker].effect), alleleTexts.bytes(of: references[marker].other))
    }

    /// Returns the effect of a cohort on a marker, aligned to the effect allele of the marker; `nil` if there is none.
    public func effect(of marker: Int, in cohort: Int) -> Double? {
        let effect = cohorts[cohort].effect(of: marker)
        return effect.isNaN ? nil : effect
    }
}

// MARK: - Joining

extension MarkerJoin {
    /// The use that the join made of a row.
    public enum Addition: Hashable, Sendable {
        /// The row was joined, and its effect is pooled.
        case joined
        /// The row was left out because its alleles are not those of the marker.
        case otherAlleles(marker: Int)
        /// The row was left out because the cohort already has a row with this marker.
        case repeated(marker: Int)
    }

    /// Begins a cohort, to which the following rows belong.
    ///
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) for more than 65 535 cohorts.
    public mutating func beginCohort(_ name: String) throws {
        guard cohorts.count < Int(UInt16.max) else {
            throw MetaAnalysisError(
                .unsupportedCombination, "there are more than \(UInt16.max) cohorts",
                remedy: "join them in parts")
        }
        cohorts.append(CohortTable(name: name, markerCount: keys.count))
        expected = 0
        formerlyExpected = 0
    }

    /// Counts a row of the current cohort without an effect, precision or allele.
    public mutating func skipMissing() {
        guard let last = cohorts.indices.last else { return }
        cohorts[last].rowCount += 1
        cohorts[last].missingCount += 1
    }

    /// Counts a row of the current cohort that cannot be read.
    mutating func skipBad() {
        guard let last = cohorts.indices.last else { return }
        cohorts[last].rowCount += 1
        cohorts[last].badCount += 1
    }

    /// Adds a row to the current cohort, in a join without alleles.
    ///
    /// - Parameters:
    ///   - key: key of the marker.
    ///   - effect: effect on the analysis scale.
    ///   - variance: sampling variance, greater than 0.
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` in a join with alleles or before the first cohort, `.malformedTable` if the keys
    ///   take more than 4 GiB.
    public mutating func add(_ key: some StringProtocol, effect: Double, variance: Double) throws -> Addition {
        guard !alignsAlleles else { throw Self.alleles("without alleles for a join that aligns them") }
        return try add(Array(key.utf8).span, effect, variance, alleles: nil)
    }

    /// Adds a row to the current cohort, in a join with alleles.
    ///
    /// - Parameters:
    ///   - key: key of the marker.
    ///   - effect: effect of one copy of the effect allele, on the analysis scale.
    ///   - variance: sampling variance, greater than 0.
    ///   - effectAllele: allele to which the effect belongs; not empty.
    ///   - otherAllele: allele that it replaces; not empty, and different from the effect allele.
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` in a join without alleles, `.malformedTable` if the keys or alleles take more than
    ///   4 GiB.
    public mutating func add(
        _ key: some StringProtocol, effect: Double, variance: Double, effectAllele: some StringProtocol,
        otherAllele: some StringProtocol
    ) throws -> Addition {
        guard alignsAlleles else { throw Self.alleles("with alleles for a join without them") }
        let alleles = try allelePair(Array(effectAllele.utf8).span, Array(otherAllele.utf8).span)
        return try add(Array(key.utf8).span, effect, variance, alleles: alleles)
    }

    private static func alleles(_ what: String) -> MetaAnalysisError {
        MetaAnalysisError(
            .invalidSetting, "the row is one \(what)", remedy: "give every row of the join alleles, or none")
    }

    mutating func allelePair(_ effect: Span<UInt8>, _ other: Span<UInt8>) throws -> AllelePair {
        let last = cohorts.count - 1
        precondition(last >= 0, "no cohort has been begun")
        let coding = AlleleCoding(effect).union(AlleleCoding(other))
        cohorts[last].alleleCoding.formUnion(coding)
        if coding != .letters { cohorts[last].numberedCount += 1 }
        guard let effect = alleleTexts.allele(effect), let other = alleleTexts.allele(other) else {
            throw Self.tooLong("alleles")
        }
        return AllelePair(effect: effect, other: other)
    }

    mutating func add(
        _ key: Span<UInt8>, _ effect: Double, _ variance: Double, alleles: AllelePair?
    ) throws -> Addition {
        guard let last = cohorts.indices.last else {
            throw MetaAnalysisError(
                .invalidSetting, "a row belongs to no cohort", remedy: "begin a cohort before its rows")
        }
        let marker = try place(of: key, alleles)
        cohorts[last].rowCount += 1
        guard Int(lastCohorts[marker]) <= last else {
            cohorts[last].repeatedCount += 1
            return .repeated(marker: marker)
        }
        lastCohorts[marker] = UInt16(last + 1)
        guard let alleles else {
            cohorts[last].set(effect, variance, at: marker)
            cohorts[last].joinedCount += 1
            return .joined
        }
        guard let alignment = alleles.alignment(to: references[marker]) else {
            cohorts[last].mismatchedCount += 1
            return .otherAlleles(marker: marker)
        }
        cohorts[last].set(alignment.isSwapped ? -effect : effect, variance, at: marker)
        cohorts[last].joinedCount += 1
        if alignment.isSwapped { cohorts[last].swappedCount += 1 }
        if alignment.strand == .turned { cohorts[last].turnedCount += 1 }
        if alignment.strand == .unknown { cohorts[last].ambiguousCount += 1 }
        return .joined
    }

    /// Returns the marker of a key; a new marker takes its alleles from this row.
    private mutating func place(of key: Span<UInt8>, _ alleles: AllelePair?) throws -> Int {
        // The files of a study group have much the same order; either may lack a few markers.
        for place in expected..<expected + 3 where keys.has(key, at: place) {
            expected = place + 1
            return place
        }
        for place in formerlyExpected..<formerlyExpected + 3 where keys.has(key, at: place) {
            formerlyExpected = expected
            expected = place + 1
            return place
        }
        guard let (place, isNew) = keys.insert(key) else { throw Self.tooLong("keys") }
        if isNew {
            if let alleles { references.append(alleles) }
            lastCohorts.append(0)
            // In the first file, most markers are new; in a later file, a new marker is between two known ones.
            if cohorts.count == 1 { expected = place + 1 }
        } else {
            formerlyExpected = expected
            expected = place + 1
        }
        return place
    }

    private static func tooLong(_ what: String) -> MetaAnalysisError {
        MetaAnalysisError(
            .malformedTable, "the \(what) of the markers take more than 4 GiB",
            remedy: "shorten them, or join the markers in parts")
    }
}

// MARK: - Pooling

extension MarkerJoin {
    /// Returns the effects of every cohort on some markers, with one group for each marker; NaN if a cohort has no effect.
    public func batch(_ markers: Range<Int>) throws -> StudyBatch {
        let count = markers.count * cohorts.count
        var variances: [Double] = []
        let estimates = [Double](unsafeUninitializedCapacity: count) { estimates, initialized in
            variances = [Double](unsafeUninitializedCapacity: count) { variances, initialized in
                for (index, cohort) in cohorts.enumerated() {
                    guard let estimates = estimates.baseAddress, let variances = variances.baseAddress else { break }
                    cohort.copy(markers, to: estimates + index * markers.count, variances + index * markers.count)
                }
                initialized = count
            }
            initialized = count
        }
        return try StudyBatch(
            estimates: estimates, variances: variances,
            layout: .studyMajor(groups: markers.count, studies: cohorts.count))
    }

    /// Returns the effects of every cohort on every marker.
    public func batch() throws -> StudyBatch { try batch(0..<markerCount) }

    /// Returns the sign of each cohort's effect on a marker: `+`, `-`, `0` for no effect, `?` if the cohort lacks the marker.
    public func direction(of marker: Int) -> String {
        String(decoding: cohorts.indices.map { Self.sign(cohorts[$0].effect(of: marker)) }, as: UTF8.self)
    }

    /// Returns the sign of an effect as a letter; `?` for NaN.
    @inline(__always)
    static func sign(_ effect: Double) -> UInt8 {
        if effect > 0 { return UInt8(ascii: "+") }
        if effect < 0 { return UInt8(ascii: "-") }
        return UInt8(ascii: effect == 0 ? "0" : "?")
    }
}
