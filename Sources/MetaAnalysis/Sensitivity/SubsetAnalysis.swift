/// Pooled effects of all subsets of the studies, or of a random sample of subsets, for a graphical display of study
/// heterogeneity (GOSH).
///
/// Answers "is there one body of evidence, or are there several?". Estimates with one mode suggest the first; two modes suggest
/// an outlier or two populations. Subsets share studies, so that their standard deviation is not a standard error.
///
/// ```swift
/// let subsets = try CommonEffect().subsets(effects)
/// subsets.estimate.max()
/// ```
///
/// Shapes: columns with one element for each subset pooled. If all subsets are taken they are numbered from 1, and study i is
/// in those whose number has bit i set.
public struct SubsetAnalysis: Hashable, Sendable, Codable {
    /// Number of studies in each subset.
    public var k: [Int]
    /// Pooled effect of each subset, on the analysis scale.
    public var estimate: [Double]
    /// τ² of each subset, on the squared analysis scale; 0 under a common effect and when a single study cannot determine it.
    public var tauSquared: [Double]
    /// I² of each subset in percent, 0–100; `nil` for one study.
    public var iSquared: [Double?]
    /// H² of each subset; `nil` for one study.
    public var hSquared: [Double?]
    /// Cochran's Q of each subset.
    public var cochranQ: [Double]
    /// Studies of each subset: study i is in it if bit i mod 64 of word ⌊i / 64⌋ is set, with `wordsPerSubset` words for each
    /// subset.
    public var membership: [UInt64]
    /// Number of words for each subset in `membership`, ⌈studies / 64⌉.
    public var wordsPerSubset: Int
    /// Labels of the studies.
    public var studies: [String]
    /// Whether a random sample of subsets was taken instead of all.
    public var isSample: Bool
    /// Seed of the sample; `nil` if all subsets were taken.
    public var seed: UInt64?
    /// Number of subsets that the model cannot pool, which are not in the columns.
    public var failures: Int
    /// Notes on the sample and on subsets that cannot be pooled.
    public var diagnostics: [Diagnostic]

    /// Returns the positions of the studies in a subset.
    ///
    /// - Parameter subset: the position of the subset in the columns, from 0.
    public func members(of subset: Int) -> [Int] {
        studies.indices.filter { membership[subset * wordsPerSubset + $0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    }

    /// Returns the numbers of its studies from 1, separated by spaces.
    package func numbers(of subset: Int) -> String {
        members(of: subset).map { String($0 + 1) }.joined(separator: " ")
    }
}

/// Selection of subsets: all of them, or a random sample.
public struct SubsetSelection: Hashable, Sendable, Codable {
    /// Greatest number of studies for which all subsets are taken, 0 to 20; by default 20.
    public var greatestCount: Int
    /// Number of subsets drawn if there are more studies, 1 to 16,777,216; by default 100,000. Each study is in a subset with
    /// probability one half.
    public var sampleSize: Int
    /// Seed of the sample; by default 1.
    public var seed: UInt64

    /// Creates a selection. The analysis checks its ranges.
    public init(greatestCount: Int = 20, sampleSize: Int = 100_000, seed: UInt64 = 1) {
        self.greatestCount = greatestCount
        self.sampleSize = sampleSize
        self.seed = seed
    }

    /// Whether the size or the seed of the sample is not the default.
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
    /// Pools subsets of the studies, one after another.
    ///
    /// Inverse-variance models take O(k) for each subset and step of a search; models of counts are refitted.
    /// R: `gosh(rma(yi, vi))`, which draws other samples.
    ///
    /// - Throws: the errors of `fit` for all studies, `MetaAnalysisError` (`.invalidSetting`) for a selection out of range.
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

    /// Pools subsets of the studies, in blocks distributed over threads; the result does not depend on the number of threads.
    ///
    /// - Parameter threads: number of threads, at least 1.
    /// - Throws: the errors of `subsets(_:_:)`, `MetaAnalysisError` for fewer than one thread, `CancellationError` when its
    ///   task is canceled.
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

/// Results of the subsets in one block.
private struct SubsetBlock: Sendable {
    var k: [Int] = []
    var numbers: [SubsetPooling.Numbers] = []
    var membership: [UInt64] = []
    var failures = 0
}

/// Division of the subsets into blocks, which depends on the selection alone.
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
        // Each block has its own generator, so the sample is the same for any number of threads.
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

    /// Draws a nonempty subset, each study with probability one half.
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

/// Quantiles of the results over the subsets.
public struct SubsetQuantiles: Hashable, Sendable, Codable {
    /// Probabilities of the quantiles: 0 (minimum), 0.05, 0.25, 0.5, 0.75, 0.95, 1 (maximum).
    public var probabilities: [Double]
    /// Quantiles of the pooled effects, on the analysis scale.
    public var estimate: [Double]
    /// Quantiles of τ², on the squared analysis scale.
    public var tauSquared: [Double]
    /// Quantiles of I² in percent, of the subsets of two or more studies; empty if there are none.
    public var iSquared: [Double]
    /// Quantiles of Cochran's Q.
    public var cochranQ: [Double]
}

extension SubsetAnalysis {
    /// Quantiles of the columns, with linear interpolation (R's type 7); `nil` when no subset was pooled.
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
