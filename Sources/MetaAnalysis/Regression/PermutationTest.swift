internal import RealModule

/// Permutation test of a regression: its statistics compared with those under random assignment of the moderators to the
/// studies.
///
/// Answers "could this slope be a chance finding?" without assuming a distribution of effects: moderators are exchanged between
/// studies or, in a model without moderators, signs of effects are reversed. If there are at most `permutations` arrangements,
/// all are used and the p-value is exact; otherwise a random sample is used. The p-value cannot be less than one over the
/// number of arrangements, so that no result of three studies is significant at the 5% level. The test gives no effect sizes,
/// and it assumes that moderators are exchangeable between studies.
///
/// ```swift
/// let permuted = try PermutationTest(MetaRegression(terms: [.number("latitude")])).test(effects, moderators: moderators)
/// permuted.coefficients[1].pValue
/// ```
///
/// The p-value is the share of arrangements whose statistic is at least as far from 0 as the one observed, with the observed
/// arrangement among them. R: `metafor::permutest(fit, exact = TRUE)`.
///
/// Source: Follmann & Proschan (1999), Biometrics 55, doi:10.1111/j.0006-341x.1999.00732.x; Higgins & Thompson (2004), Statistics in
/// Medicine 23, doi:10.1002/sim.1752.
public struct PermutationTest: Hashable, Sendable, Codable {
    /// Regression whose coefficients are tested.
    public var regression: MetaRegression
    /// Maximum number of arrangements, 1 to 10⁸; by default 10,000.
    public var permutations: Int
    /// Seed of the random sample; by default 1. Not used if all arrangements are.
    public var seed: UInt64

    /// Creates the test of a regression, by default with at most 10,000 arrangements. `test` checks their number.
    public init(_ regression: MetaRegression, permutations: Int = 10_000, seed: UInt64 = 1) {
        self.regression = regression
        self.permutations = permutations
        self.seed = seed
    }

    /// Tests the coefficients by permutation, in O(permutations × k p²).
    ///
    /// - Throws: the errors of `MetaRegression.fit`; `MetaAnalysisError`: `.invalidSetting` for a number of permutations
    ///   outside its range, `.tooFewStudies` when there are as many coefficients as studies.
    public func test(_ effects: EffectSizes, moderators: Moderators) throws -> PermutationTestResult {
        try regression.check()
        guard (1...100_000_000).contains(permutations) else {
            throw MetaAnalysisError(
                .invalidSetting, "\(permutations) permutations cannot be taken", remedy: "take 1 to 100000000")
        }
        let data = try RegressionData(
            effects, moderators, terms: regression.terms, hasIntercept: regression.hasIntercept)
        guard data.kept.count > data.columns.names.count else {
            throw MetaAnalysisError(
                .tooFewStudies, "there are as many coefficients as studies, so that every arrangement fits alike",
                remedy: "leave terms out of the model")
        }
        let observed = try data.solve(regression.estimation)
        let model = observed.model.scaled
        let statistic = PermutedStatistic(data, observed)
        let reference = statistic.values(model)
        var count = PermutationCount(reference)
        let rows = data.kept.indices.map(data.matrix.row)
        let total = data.columns.isMean ? Self.signCount(data.kept.count) : Self.arrangementCount(rows)
        let isExact = total.map { $0 <= permutations } ?? false
        if data.columns.isMean {
            permuteSigns(model, isExact ? total : nil) { count.add(statistic.values($0)) }
        } else {
            permuteRows(model, data, rows, isExact ? total : nil) { count.add(statistic.values($0)) }
        }
        return PermutationTestResult(
            data.columns, count, isExact: isExact, seed: isExact ? nil : seed, observed: observed,
            diagnostics: data.diagnostics)
    }

    // MARK: Arrangements

    /// Returns 2ᵏ; `nil` when it is too large to matter.
    private static func signCount(_ count: Int) -> Int? { count < 40 ? 1 << count : nil }

    /// Returns k! over the factorials of the numbers of equal rows; `nil` when it is too large to matter.
    static func arrangementCount(_ rows: [[Double]]) -> Int? {
        var total = 1
        var seen: [[Double]: Int] = [:]
        for (index, row) in rows.enumerated() {
            let same = seen[row, default: 0] + 1
            seen[row] = same
            let (product, isTooLarge) = total.multipliedReportingOverflow(by: index + 1)
            if isTooLarge || product / same > 1 << 40 { return nil }
            total = product / same
        }
        return total
    }

    /// Visits arrangements of the signs of the effects.
    ///
    /// - Parameter total: the number of all arrangements, which are then visited; `nil` for a sample.
    private func permuteSigns(
        _ model: VarianceComponentModel, _ total: Int?, _ visit: (VarianceComponentModel) -> Void
    ) {
        var generator = SeededGenerator(seed: seed)
        var responses = model.responses
        for number in 0..<(total ?? permutations) {
            var word: UInt64 = 0
            for index in responses.indices {
                if total != nil {
                    word = UInt64(number) >> UInt64(index)
                } else {
                    word = index % 64 == 0 ? generator.next() : word >> 1
                }
                responses[index] = word & 1 == 1 ? -model.responses[index] : model.responses[index]
            }
            if let turned = try? VarianceComponentModel(responses: responses, variances: model.variances) {
                visit(turned)
            }
        }
    }

    private func permuteRows(
        _ model: VarianceComponentModel, _ data: RegressionData, _ rows: [[Double]], _ total: Int?,
        _ visit: (VarianceComponentModel) -> Void
    ) {
        // Equal rows are of one kind: exchanging them changes nothing.
        var kinds: [[Double]: Int] = [:]
        var kindOfRow = rows.map { row -> Int in
            let kind = kinds[row] ?? kinds.count
            kinds[row] = kind
            return kind
        }
        var rowOfKind = Array(repeating: 0, count: kinds.count)
        for (row, kind) in kindOfRow.enumerated() { rowOfKind[kind] = row }
        let matrix = data.standard.matrix
        var arranged = matrix
        func visitArranged() {
            for (row, kind) in kindOfRow.enumerated() {
                for column in 0..<matrix.columns { arranged[row, column] = matrix[rowOfKind[kind], column] }
            }
            if let other = try? VarianceComponentModel(
                responses: model.responses, variances: model.variances, design: .columns(arranged))
            {
                visit(other)
            }
        }
        if total != nil {
            kindOfRow.sort()
            repeat { visitArranged() } while Self.advance(&kindOfRow)
            return
        }
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<permutations {
            for last in stride(from: kindOfRow.count - 1, to: 0, by: -1) {
                let chosen = Int(generator.next().multipliedFullWidth(by: UInt64(last + 1)).high)
                kindOfRow.swapAt(chosen, last)
            }
            visitArranged()
        }
    }

    /// Moves to the next arrangement in lexical order; returns `false` after the last.
    static func advance(_ kinds: inout [Int]) -> Bool {
        guard var pivot = kinds.indices.dropLast().last else { return false }
        while kinds[pivot] >= kinds[pivot + 1] {
            guard pivot > 0 else { return false }
            pivot -= 1
        }
        var other = kinds.count - 1
        while kinds[other] <= kinds[pivot] { other -= 1 }
        kinds.swapAt(pivot, other)
        kinds[(pivot + 1)...].reverse()
        return true
    }
}

/// Result of a permutation test: a complete record.
public struct PermutationTestResult: Hashable, Sendable, Codable {
    /// Permutation test of one coefficient.
    public struct Coefficient: Hashable, Sendable, Codable {
        /// Name of the column ("intercept", "latitude", "allocation: random").
        public var term: String
        /// Statistic of the observed arrangement; `nil` when its standard error is 0.
        public var statistic: Double?
        /// Share of arrangements with a statistic at least as far from 0, in (0, 1]; `nil` when the observed statistic is not a
        /// number.
        public var pValue: Double?
    }

    /// Coefficients in the order of the regression, the intercept first if there is one.
    public var coefficients: [Coefficient]
    /// Test of all coefficients except the intercept, with its p-value by permutation.
    public var omnibusTest: HypothesisTest
    /// Number of arrangements compared with the observed one, which is among them if all were used.
    public var permutations: Int
    /// Whether all arrangements were used, so that the p-values are exact.
    public var isExact: Bool
    /// Seed of the sample; `nil` if all arrangements were used.
    public var seed: UInt64?
    /// Warnings and notes on the data and on the sample.
    public var diagnostics: [Diagnostic]

    fileprivate init(
        _ columns: ModelColumns, _ count: PermutationCount, isExact: Bool, seed: UInt64?, observed: Solution,
        diagnostics: [Diagnostic]
    ) {
        let names = columns.names
        // If all arrangements are used, the observed one is among them; otherwise it is added to the sample.
        let added = isExact ? 0 : 1
        func share(_ index: Int) -> Double? {
            count.observed[index].isNaN
                ? nil : Double(count.atLeast[index] + added) / Double(count.total + added)
        }
        coefficients = names.indices.map {
            Coefficient(
                term: names[$0], statistic: count.observed[$0].isFinite ? count.observed[$0] : nil, pValue: share($0))
        }
        let tested = columns.tested
        let omnibus = RegressionFit.test(
            "moderators", observed.scaledCoefficients, observed.scaledCovariance, of: tested,
            observed.inference.degreesOfFreedom)
        omnibusTest = HypothesisTest(
            name: omnibus.name, statistic: omnibus.statistic, degreesOfFreedom: omnibus.degreesOfFreedom,
            denominatorDegreesOfFreedom: omnibus.denominatorDegreesOfFreedom, pValue: share(names.count))
        permutations = count.total
        self.isExact = isExact
        self.seed = seed
        self.diagnostics =
            isExact
            ? diagnostics
            : diagnostics + [
                Diagnostic(
                    .note, .sampledPermutations,
                    "there are too many arrangements: \(count.total) drawn with the seed \(seed ?? 0)")
            ]
    }
}

/// Statistics of the coefficients and of the omnibus test, for one arrangement.
private struct PermutedStatistic {
    /// Model of τ²; a known τ² is that of the scaled effects.
    private let heterogeneity: HeterogeneityModel
    private let interval: IntervalMethod
    /// One row of weights for each coefficient, in standardized columns.
    private let rows: [[Double]]
    private let tested: [Int]

    init(_ data: RegressionData, _ observed: Solution) {
        heterogeneity = observed.settings.heterogeneity.rescaled(by: 1 / observed.unit)
        interval = observed.usedInterval
        let width = data.columns.names.count
        rows = (0..<width).map { index in
            var row = Array(repeating: 0.0, count: width)
            row[index] = 1
            return data.standard.standardized(row)
        }
        tested = data.columns.tested
    }

    func values(_ model: VarianceComponentModel) -> [Double] {
        let tauSquared = heterogeneity.tauSquared(model) { model.weights(at: 0) }
        let least = model.leastSquares(weights: model.weights(at: tauSquared))
        let scale = interval.factor(
            residual: least.fitsExactly(model.responses) ? 0 : least.residualSumOfSquares(model.responses),
            degreesOfFreedom: model.residualDegreesOfFreedom)
        var values = rows.map { row in
            let estimate = zip(row, least.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
            return estimate / (scale * least.inverseGram.form(row).squareRoot())
        }
        let omnibus = RegressionFit.test("", least.coefficients, least.inverseGram, of: tested, nil)
        values.append((omnibus.statistic ?? .nan) / (scale * scale))
        return values
    }
}

/// Number of arrangements at least as extreme as the observed one.
private struct PermutationCount {
    let observed: [Double]
    private(set) var atLeast: [Int]
    private(set) var total = 0

    init(_ observed: [Double]) {
        self.observed = observed
        atLeast = Array(repeating: 0, count: observed.count)
    }

    /// Relative difference up to which statistics count as equal.
    private static let tie = 1e-9

    mutating func add(_ values: [Double]) {
        total += 1
        for index in values.indices where abs(values[index]) >= abs(observed[index]) * (1 - Self.tie) {
            atLeast[index] += 1
        }
    }
}
