import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct BatchPoolingTests {
    /// Those that the batch pools in lanes, with the common effect.
    private static let quick: [HeterogeneityEstimator?] = [
        nil, .derSimonianLaird, .pauleMandel, .maximumLikelihood, .restrictedMaximumLikelihood,
    ]

    /// Of a power of two by which effects are multiplied.
    private static let exponents: [Int] = [-450, -270, 270, 450]

    /// An effect and its variance.
    private static let impossible: [(Double, Double)] = [
        (.infinity, 1), (-.infinity, 1), (0, 0), (0, -1), (0, .infinity),
    ]

    /// Groups of the comparison with single fits, where METAAN_BATCH_GROUPS asks for another number.
    private static let askedCount = ProcessInfo.processInfo.environment["METAAN_BATCH_GROUPS"].flatMap { Int($0) }

    /// How the batch differs from single fits, group by group.
    ///
    /// - Parameter greatest: the greatest relative error of each number.
    private static func differences(
        _ pooled: PooledBatch, from settings: BatchPooling, _ groups: [EffectSizes], _ tolerance: Tolerance,
        greatest: inout [String: Double]
    ) throws -> [String] {
        #expect(pooled.count == groups.count)
        return try zip(pooled, groups).enumerated().flatMap { index, pair -> [String] in
            let (found, effects) = pair
            guard let found else { return effects.count == 0 ? [] : ["group \(index): nothing"] }
            let single = try settings.fit(effects)
            let heterogeneity = single.heterogeneity
            let error = single.standardError
            let typical = effects.effects.map(\.variance).reduce(0, +) / Double(effects.count)
            let compared: [(String, Double?, Double?, scale: Double)] = [
                ("k", Double(found.k), Double(single.k), 0),
                ("estimate", found.estimate, single.estimate, error),
                ("standard error", found.standardError, error, 0),
                ("statistic", found.statistic, single.statistic, 1),
                ("p", found.pValue, single.pValue, 1),
                ("lower end", found.confidenceInterval.lower, single.confidenceInterval.lower, error),
                ("upper end", found.confidenceInterval.upper, single.confidenceInterval.upper, error),
                ("tau squared", found.tauSquared, heterogeneity.tauSquared, typical),
                ("I squared", found.iSquared, heterogeneity.iSquared, 100),
                ("Q", found.cochranQ, heterogeneity.cochranQ, 1),
                ("p of Q", found.qPValue, heterogeneity.pValue, 1),
            ]
            return compared.compactMap { name, value, reference, scale in
                if value == nil, reference == nil { return nil }
                if let value, let reference {
                    let error = Tolerance.relativeError(value, reference, scale: scale)
                    greatest[name] = max(greatest[name] ?? 0, error)
                    if error <= tolerance.bound { return nil }
                }
                return "group \(index) of \(effects.count) studies, \(name): \(value ?? .nan) for \(reference ?? .nan)"
            }
        }
    }

    private static func differences(
        _ pooled: PooledBatch, from settings: BatchPooling, _ groups: [EffectSizes], _ tolerance: Tolerance
    ) throws -> [String] {
        var greatest: [String: Double] = [:]
        return try differences(pooled, from: settings, groups, tolerance, greatest: &greatest)
    }

    private static func tolerance(_ estimator: HeterogeneityEstimator?) -> Tolerance {
        [nil, .derSimonianLaird, .hedges, .hunterSchmidt, .hunterSchmidtCorrected].contains(estimator)
            ? .closedForm : .iterative
    }

    @Test(arguments: quick, IntervalMethod.allCases)
    func groupsEqualSingleFits(_ estimator: HeterogeneityEstimator?, _ interval: IntervalMethod) throws {
        let groups = RandomBatches.groups(Self.askedCount ?? 700, seed: 4)
        let settings = BatchPooling(heterogeneity: estimator, interval: interval, level: 0.9)
        let pooled = try settings.fit(RandomBatches.batch(groups))
        var greatest: [String: Double] = [:]
        let differences = try Self.differences(
            pooled, from: settings, groups, Self.tolerance(estimator), greatest: &greatest)
        #expect(differences.prefix(20) == [], "\(differences.count) numbers differ")
        guard Self.askedCount != nil else { return }
        print(
            estimator?.rawValue ?? "common", interval.rawValue, "\(pooled.count) groups",
            "\(pooled.count { $0?.tauSquared == 0 }) with τ² = 0;",
            greatest.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func everyEstimatorOfSingleFitsIsThere(_ estimator: HeterogeneityEstimator) throws {
        let groups = RandomBatches.groups(40, seed: 5)
        let settings = BatchPooling(heterogeneity: estimator)
        let pooled = try settings.fit(RandomBatches.batch(groups))
        #expect(try Self.differences(pooled, from: settings, groups, Self.tolerance(estimator)) == [])
    }

    @Test(arguments: quick)
    func largeGroupsEqualSingleFits(_ estimator: HeterogeneityEstimator?) throws {
        let groups = RandomBatches.groups(12, sizes: [100, 256, 257, 1_000], seed: 6)
        let settings = BatchPooling(heterogeneity: estimator)
        let pooled = try settings.fit(RandomBatches.batch(groups))
        #expect(try Self.differences(pooled, from: settings, groups, Self.tolerance(estimator)) == [])
    }

    @Test(arguments: [0.0, 0.01, 3])
    func knownTauSquaredIsTaken(_ known: Double) throws {
        let groups = RandomBatches.groups(50, seed: 7)
        let settings = BatchPooling(interval: .hartungKnappTruncated, knownTauSquared: known)
        let pooled = try settings.fit(RandomBatches.batch(groups))
        #expect(try Self.differences(pooled, from: settings, groups, .closedForm) == [])
    }

    /// A batch of one is a single fit, and what stands beside a group has no part in its numbers.
    @Test(arguments: quick)
    func neighboursChangeNoBit(_ estimator: HeterogeneityEstimator?) throws {
        let groups = RandomBatches.groups(60, seed: 8)
        let settings = BatchPooling(heterogeneity: estimator)
        let together = Array(try settings.fit(RandomBatches.batch(groups)))
        let alone = try groups.flatMap { try settings.fit(RandomBatches.batch([$0])) }
        #expect(together == alone)
        #expect(together.reversed() == Array(try settings.fit(RandomBatches.batch(groups.reversed()))))
    }

    @Test(arguments: quick)
    func layoutsChangeNoBit(_ estimator: HeterogeneityEstimator?) throws {
        let groups = RandomBatches.groups(30, sizes: [6], seed: 9)
        let settings = BatchPooling(heterogeneity: estimator)
        let expected = Array(try settings.fit(RandomBatches.batch(groups)))
        let all = groups.flatMap(\.effects)
        let beside = try StudyBatch(
            estimates: all.map(\.estimate), variances: all.map(\.variance), layout: .groupMajor(groups: 30, studies: 6))
        #expect(Array(try settings.fit(beside)) == expected)
        let turned = (0..<6).flatMap { study in groups.map { $0.effects[study] } }
        let images = try StudyBatch(
            estimates: turned.map(\.estimate), variances: turned.map(\.variance),
            layout: .studyMajor(groups: 30, studies: 6))
        #expect(Array(try settings.fit(images)) == expected)
    }

    @Test(arguments: [1, 2, 3])
    func threadsChangeNoBit(_ threads: Int) async throws {
        // More than one block of groups.
        let groups = RandomBatches.groups(20_000, sizes: [1, 2, 3, 5], seed: 10)
        let batch = RandomBatches.batch(groups)
        let settings = BatchPooling(heterogeneity: .derSimonianLaird)
        let expected = Array(try settings.fit(batch))
        #expect(Array(try await settings.fit(batch, threads: threads)) == expected)
    }

    @Test func memoryOfAnEarlierResultIsUsedAgain() throws {
        let settings = BatchPooling()
        var pooled = try settings.fit(RandomBatches.batch(RandomBatches.groups(50, seed: 11)))
        for (count, seed) in [(80, 12), (20, 13), (0, 14)] {
            let batch = RandomBatches.batch(RandomBatches.groups(count, seed: UInt64(seed)))
            try settings.fit(batch, into: &pooled)
            #expect(Array(pooled) == Array(try settings.fit(batch)))
        }
        let other = BatchPooling(heterogeneity: nil, interval: .wald, level: 0.5)
        let batch = RandomBatches.batch(RandomBatches.groups(5, seed: 15))
        try other.fit(batch, into: &pooled)
        #expect(Array(pooled) == Array(try other.fit(batch)))
        #expect(pooled.settings == other)
    }

    @Test(arguments: quick, exponents)
    func numbersFarFromOneAreRescaled(_ estimator: HeterogeneityEstimator?, _ exponent: Int) throws {
        var groups = RandomBatches.groups(9, sizes: [5], seed: 17)
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        for index in [2, 5].flatMap({ group in (0..<5).map { (group, $0) } }) {
            groups[index.0].effects[index.1].estimate *= factor
            groups[index.0].effects[index.1].variance *= factor * factor
        }
        let settings = BatchPooling(heterogeneity: estimator)
        let pooled = try settings.fit(RandomBatches.batch(groups))
        #expect(try Self.differences(pooled, from: settings, groups, Self.tolerance(estimator)) == [])
    }

    @Test(arguments: impossible)
    func studiesThatCannotBeAreRefusedByPlace(_ estimate: Double, _ variance: Double) throws {
        let batch = try StudyBatch(
            estimates: [0.1, 0.2, 0.3, estimate], variances: [1, 1, 1, variance],
            layout: .groupMajor(groups: 2, studies: 2))
        let error = #expect(throws: MetaAnalysisError.self) { try BatchPooling().fit(batch) }
        #expect(error?.code == .invalidOutcome)
        #expect(error?.message == "group 2: study 2 has the effect \(estimate) and the variance \(variance)")
    }

    /// Many standard errors apart in the second group.
    @Test(arguments: quick)
    func groupsOutOfRangeAreNamed(_ estimator: HeterogeneityEstimator?) throws {
        var batch = StudyBatch()
        for (first, second) in [(0.1, 0.3), (1e300, -1e300), (0.1, 0.3)] {
            batch.append(estimate: first, variance: first > 1 ? 1e-300 : 0.1)
            batch.append(estimate: second, variance: first > 1 ? 1e-300 : 0.1)
            batch.endGroup()
        }
        let settings = BatchPooling(heterogeneity: estimator)
        var pooled = try settings.fit(StudyBatch())
        let error = try #require(throws: MetaAnalysisError.self) { try settings.fit(batch, into: &pooled) }
        #expect(error.code == .numericalOverflow && error.message.hasPrefix("group 2: the effects and variances"))
        #expect(pooled.isEmpty)
        try settings.fitWhatCanBePooled(batch, into: &pooled)
        #expect(pooled.faults.map(\.group) == [1])
        #expect(pooled[1] == nil)
        let first = try #require(pooled[0])
        #expect(first == pooled[2] && first.k == 2)
        #expect(Tolerance.closedForm.accepts(first.estimate, 0.2))
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        let batch = RandomBatches.batch(RandomBatches.groups(2, seed: 18))
        for settings in [
            BatchPooling(level: 1), BatchPooling(knownTauSquared: -1), BatchPooling(knownTauSquared: .nan),
        ] {
            let error = #expect(throws: MetaAnalysisError.self) { try settings.fit(batch) }
            #expect(error?.code == .invalidSetting)
        }
    }

    @Test func nothingGivesNothing() async throws {
        #expect(try BatchPooling().fit(StudyBatch()).isEmpty)
        #expect(try await BatchPooling().fit(StudyBatch(), threads: 2).isEmpty)
        var empty = StudyBatch()
        empty.endGroup()
        #expect(Array(try BatchPooling().fit(empty)) == [nil])
    }

    /// Two modes of the likelihood, of which the lower is found from 0.
    @Test func theGreatestModeIsTaken() throws {
        let groups = RandomBatches.groups(3_000, sizes: [3, 4, 5], seed: 19)
        let settings = BatchPooling(interval: .wald)
        let several = try groups.filter { effects in
            try settings.fit(effects).diagnostics.contains { $0.code == .severalModes }
        }
        #expect(several.count >= 3)
        let pooled = try settings.fit(RandomBatches.batch(several))
        #expect(try Self.differences(pooled, from: settings, several, .iterative) == [])
    }
}
