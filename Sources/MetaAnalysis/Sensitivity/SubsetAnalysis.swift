/// The pooled effect of every subset of the studies, or of a random sample of them: a graphical display of study heterogeneity (GOSH).
///
/// Answers "is there one body of evidence, or are there several?": one cloud of estimates speaks for the first, two for an outlier or
/// for two populations. Subsets share studies, so that their spread is no standard error.
///
/// ```swift
/// let subsets = try CommonEffect().subsets(effects)
/// subsets.estimate.max()
/// ```
///
/// Shapes: columns with one element for each subset pooled. With all subsets the one with study i is in those whose number has bit i.
public struct SubsetAnalysis: Hashable, Sendable, Codable {
    /// Number of studies in each subset.
    public var k: [Int]
    /// On the analysis scale.
    public var estimate: [Double]
    public var tauSquared: [Double]
    /// Percent; `nil` for one study.
    public var iSquared: [Double?]
    public var hSquared: [Double?]
    public var cochranQ: [Double]
    /// Which studies each subset has: bit i of word ⌊i / 64⌋, `wordsPerSubset` words for each.
    public var membership: [UInt64]
    public var wordsPerSubset: Int
    /// Labels of the studies.
    public var studies: [String]
    /// Whether there were too many subsets to take all of them.
    public var isSample: Bool
    /// Of the sample.
    public var seed: UInt64?
    /// Subsets that the model cannot pool.
    public var failures: Int
    public var diagnostics: [Diagnostic]

    /// Positions of the studies in a subset.
    public func members(of subset: Int) -> [Int] {
        studies.indices.filter { membership[subset * wordsPerSubset + $0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    /// Their numbers from 1, separated by blanks.
    package func numbers(of subset: Int) -> String {
        members(of: subset).map { String($0 + 1) }.joined(separator: " ")
    }
}

/// Which subsets are taken.
public struct SubsetSelection: Hashable, Sendable, Codable {
    /// As many studies have all their subsets taken; at most 20.
    public var greatestCount: Int
    /// Subsets drawn where there are more studies: each study is in one or not with equal chance.
    public var sampleSize: Int
    public var seed: UInt64

    public init(greatestCount: Int = 20, sampleSize: Int = 100_000, seed: UInt64 = 1) {
        self.greatestCount = greatestCount
        self.sampleSize = sampleSize
        self.seed = seed
    }

    /// Whether something is said of the sample that is not the default.
    fileprivate var asksForSample: Bool {
        let usual = SubsetSelection()
        return sampleSize != usual.sampleSize || seed != usual.seed
    }

    fileprivate func check() throws {
        guard (0...20).contains(greatestCount), sampleSize > 0, sampleSize <= 1 << 24 else {
            throw MetaAnalysisError(
                .invalidSetting, "\(sampleSize) subsets, or all of \(greatestCount) studies, cannot be taken",
                remedy: "take 1 to \(1 << 24) subsets, and all of at most 20 studies")
        }
    }
}

extension PoolingModel {
    /// Pools subsets of the studies, one after the other.
    ///
    /// Averages with weights and τ² take O(k) for each subset and step of a search; models of counts are refitted. R:
    /// `gosh(rma(yi, vi))`, whose samples are others.
    ///
    /// - Throws: what `fit` throws for all studies, `MetaAnalysisError` (`.invalidSetting`) for a selection that is too large.
    ///
    /// Source: Olkin, Dahabreh & Trikalinos (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.1053.
    public func subsets(_ effects: EffectSizes, _ selection: SubsetSelection = SubsetSelection()) throws
        -> SubsetAnalysis
    {
        let plan = try SubsetPlan(self, effects, selection)
        var blocks: [SubsetBlock] = []
        for index in 0..<plan.blockCount { blocks.append(plan.pool(index)) }
        return plan.assembled(blocks)
    }

    /// Pools subsets of the studies, blocks of them shared between threads; the result does not depend on their number.
    ///
    /// - Parameter threads: at least 1.
    /// - Throws: as `subsets(_:_:)`, and for fewer threads; `CancellationError` when its task is cancelled.
    public func subsets(
        _ effects: EffectSizes, _ selection: SubsetSelection = SubsetSelection(), threads: Int
    ) async throws -> SubsetAnalysis {
        try MetaAnalysisError.check(threads: threads)
        let plan = try SubsetPlan(self, effects, selection)
        var blocks = [SubsetBlock?](repeating: nil, count: plan.blockCount)
        try await withThrowingTaskGroup(of: (Int, SubsetBlock).self) { group in
            func start(_ index: Int) {
                group.addTask {
                    try Task.checkCancellation()
                    return (index, plan.pool(index))
                }
            }
            var next = min(threads, plan.blockCount)
            for index in 0..<next { start(index) }
            while let (index, block) = try await group.next() {
                blocks[index] = block
                if next < plan.blockCount {
                    start(next)
                    next += 1
                }
            }
        }
        return plan.assembled(blocks.compactMap(\.self))
    }
}

/// What of a selection is pooled in one go.
private struct SubsetBlock: Sendable {
    var k: [Int] = []
    var numbers: [SubsetPooling.Numbers] = []
    var membership: [UInt64] = []
    var failures = 0
}

/// Subsets in blocks that depend on the selection alone.
private struct SubsetPlan: Sendable {
    private let model: any PoolingModel
    private let effects: EffectSizes
    private let whole: PooledEffect
    private let selection: SubsetSelection
    private let parts: StudyParts
    private let pooling: SubsetPooling?
    private let isSample: Bool
    private let subsetCount: Int
    private let wordsPerSubset: Int

    private static let subsetsPerBlock = 4096

    init(_ model: any PoolingModel, _ effects: EffectSizes, _ selection: SubsetSelection) throws {
        try selection.check()
        self.model = model
        self.effects = effects
        self.selection = selection
        whole = try model.fit(effects)
        parts = StudyParts(effects, of: whole)
        pooling = (model as? any InverseVarianceModel).map { SubsetPooling(effects, $0) }
        isSample = parts.count > selection.greatestCount
        subsetCount = isSample ? selection.sampleSize : 1 << parts.count - 1
        wordsPerSubset = (parts.count + 63) / 64
    }

    var blockCount: Int { (subsetCount + Self.subsetsPerBlock - 1) / Self.subsetsPerBlock }

    func pool(_ block: Int) -> SubsetBlock {
        let numbers = block * Self.subsetsPerBlock..<min((block + 1) * Self.subsetsPerBlock, subsetCount)
        // A generator for each block: the sample is the same on any number of threads.
        var generator = SeededGenerator(seed: selection.seed &+ UInt64(block) &* 0x9E37_79B9_7F4A_7C15)
        var room = pooling
        var result = SubsetBlock()
        for number in numbers {
            let words = isSample ? draw(&generator) : [UInt64(number + 1)]
            let members = (0..<parts.count).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
            guard let found = pool(members, &room) else {
                result.failures += 1
                continue
            }
            result.k.append(members.count)
            result.numbers.append(found)
            result.membership += words
        }
        return result
    }

    /// Every study with probability one half, and at least one.
    private func draw(_ generator: inout SeededGenerator) -> [UInt64] {
        let rest = parts.count % 64
        while true {
            var words = (0..<wordsPerSubset).map { _ in generator.next() }
            if rest > 0 { words[wordsPerSubset - 1] &= (1 << UInt64(rest)) - 1 }
            if words.contains(where: { $0 != 0 }) { return words }
        }
    }

    private func pool(_ members: [Int], _ room: inout SubsetPooling?) -> SubsetPooling.Numbers? {
        if let pooling, var used = room {
            room = nil
            defer { room = used }
            return pooling.numbers(of: members, in: &used)
        }
        guard let pooled = try? model.fit(parts.taking(members)) else { return nil }
        let found = pooled.heterogeneity
        return SubsetPooling.Numbers(
            estimate: pooled.estimate, tauSquared: found.tauSquared, iSquared: found.iSquared,
            hSquared: found.hSquared, cochranQ: found.cochranQ)
    }

    func assembled(_ blocks: [SubsetBlock]) -> SubsetAnalysis {
        let numbers = blocks.flatMap(\.numbers)
        let failures = blocks.reduce(0) { $0 + $1.failures }
        var notes: [Diagnostic] = []
        if isSample {
            notes.append(
                Diagnostic(
                    .note, .sampledSubsets,
                    "\(parts.count) studies have too many subsets: \(subsetCount) drawn with the seed \(selection.seed)"
                ))
        } else if selection.asksForSample {
            notes.append(
                Diagnostic(
                    .note, .unusualCombination,
                    "all \(subsetCount) subsets of \(parts.count) studies are pooled: nothing is drawn, so that neither a number of"
                        + " subsets nor a seed has an effect"))
        }
        if failures > 0 {
            notes.append(
                Diagnostic(.warning, .notEstimable, "subsets that cannot be pooled, and are not shown: \(failures)"))
        }
        return SubsetAnalysis(
            k: blocks.flatMap(\.k), estimate: numbers.map(\.estimate), tauSquared: numbers.map(\.tauSquared),
            iSquared: numbers.map(\.iSquared), hSquared: numbers.map(\.hSquared), cochranQ: numbers.map(\.cochranQ),
            membership: blocks.flatMap(\.membership), wordsPerSubset: wordsPerSubset,
            studies: whole.studies.map(\.label), isSample: isSample, seed: isSample ? selection.seed : nil,
            failures: failures, diagnostics: notes)
    }
}

/// Where the numbers of the subsets lie.
public struct SubsetQuantiles: Hashable, Sendable, Codable {
    /// Of the distribution, 0 to 1: the least, 5 %, 25 %, 50 %, 75 %, 95 %, the greatest.
    public var probabilities: [Double]
    public var estimate: [Double]
    public var tauSquared: [Double]
    /// Of the subsets of two or more studies.
    public var iSquared: [Double]
    public var cochranQ: [Double]
}

extension SubsetAnalysis {
    /// Quantiles of the columns, between two neighbours by their distance (R's type 7); `nil` when nothing was pooled.
    public var quantiles: SubsetQuantiles? {
        guard !estimate.isEmpty else { return nil }
        let probabilities = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
        func quantiles(_ values: [Double]) -> [Double] {
            let sorted = values.sorted()
            guard let last = sorted.indices.last else { return [] }
            return probabilities.map { probability in
                let place = probability * Double(last)
                let lower = Int(place)
                guard lower < last else { return sorted[last] }
                let share = place - Double(lower)
                return sorted[lower] + share * (sorted[lower + 1] - sorted[lower])
            }
        }
        return SubsetQuantiles(
            probabilities: probabilities, estimate: quantiles(estimate), tauSquared: quantiles(tauSquared),
            iSquared: quantiles(iSquared.compactMap(\.self)), cochranQ: quantiles(cochranQ))
    }
}
