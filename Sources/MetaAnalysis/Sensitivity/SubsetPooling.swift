/// Model that averages effects with weights and τ². Many subsets of the same studies can be pooled without a full fit of each.
protocol InverseVarianceModel: PoolingModel {
    var estimation: EstimationSettings { get }
    /// Method for the prediction interval; `nil` without random effects.
    var prediction: PredictionIntervalMethod? { get }
    var weighting: Weighting { get }
}

extension RandomEffects: InverseVarianceModel {
    var prediction: PredictionIntervalMethod? { estimation.heterogeneity.isRandom ? predictionInterval : nil }
}

extension CommonEffect: InverseVarianceModel {
    var prediction: PredictionIntervalMethod? { nil }
}

/// Pooling of subsets of a set of studies: all but one, the first of them, or any others.
///
/// Sums at fixed weights (Q, the closed forms of τ², the average itself at τ² = 0) come from `MergingSums`, O(1) for each
/// subset. Numbers that depend on the subset's own τ² take one pass over its studies, and iterative estimators of τ² are those
/// of a full fit.
struct SubsetPooling {
    private let model: any InverseVarianceModel
    /// Effects of a size near 1: see `PowerOfTwoScaling.swift`.
    private var responses: [Double]
    private var variances: [Double]
    /// Factor that brings results to `scale`.
    private let factor: Double
    private let scale: EffectScale
    /// 1 / n of every study, if the back-transformation needs them.
    private let reciprocalSizes: [Double]?
    /// Model of τ² of the effects divided by `factor`.
    private let heterogeneity: HeterogeneityModel
    /// Reference distributions by the degrees of freedom of t; 0 for the normal distribution.
    private var inferences: [Int: ContrastInference] = [:]

    /// Prepares the studies.
    ///
    /// - Parameter order: positions of the effects; `nil` uses their order in the data.
    init(_ effects: EffectSizes, _ model: any InverseVarianceModel, order: [Int]? = nil) {
        let (moderate, factor) = effects.moderate
        let order = order ?? Array(effects.effects.indices)
        self.model = model
        self.factor = factor
        scale = effects.scale
        responses = order.map { moderate.effects[$0].estimate }
        variances = order.map { moderate.effects[$0].variance }
        heterogeneity = model.estimation.heterogeneity.rescaled(by: 1 / factor)
        let sizes = effects.scale.needsSampleSize ? order.compactMap { effects.effects[$0].sampleSize } : []
        reciprocalSizes = sizes.count == order.count && sizes.allSatisfy { $0 > 0 } ? sizes.map { 1 / $0 } : nil
    }

    /// Result of a subset, with numbers that later steps need beyond its record.
    struct Fit {
        var record: SubsetFit
        /// τ²; `nil` when it cannot be estimated.
        var tauSquared: Double?
        /// Factor of the Hartung–Knapp interval on variances; 1 for other intervals.
        var varianceFactor = 1.0
    }

    /// Pools the studies without each in turn.
    mutating func leavingOneOut() -> [Fit] {
        let sums = allSums(MergingSums.leavingOneOut)
        return responses.indices.map { index in
            fit(Part(before: 0..<index, after: index + 1..<responses.count, sums: sums[index]))
        }
    }

    /// Pools the first study, the first two, …, all of them.
    mutating func accumulating() -> [Fit] {
        let sums = allSums(MergingSums.accumulating)
        return responses.indices.map { index in
            fit(Part(before: 0..<index + 1, after: 0..<0, sums: sums[index + 1]))
        }
    }

    /// Numbers of one subset in a display of very many.
    struct Numbers {
        var estimate: Double
        var tauSquared: Double
        var iSquared: Double?
        var hSquared: Double?
        var cochranQ: Double
    }

    /// Computes the numbers of the studies at these positions; `nil` when they cannot be pooled.
    ///
    /// - Parameter room: a copy for the same studies and model, whose memory is reused from subset to subset.
    func numbers(of members: [Int], in room: inout SubsetPooling) -> Numbers? {
        room.responses.removeAll(keepingCapacity: true)
        room.variances.removeAll(keepingCapacity: true)
        for index in members {
            room.responses.append(responses[index])
            room.variances.append(variances[index])
        }
        return room.numbersOfAll()
    }

    private func numbersOfAll() -> Numbers? {
        let whole = Sums(
            inverse: summed(.inverseVariance), moments: momentWeighting.map(summed),
            average: averageWeighting.map(summed))
        let part = Part(before: responses.indices, after: 0..<0, sums: whole)
        guard part.count > 0, let tau = try? tauSquared(part) else { return nil }
        let estimate = whole.average?.mean ?? optimalAverage(part, at: tau.value).mean
        let found = shares(part, tau.value)
        let cochranQ = whole.inverse.squares
        guard estimate.isFinite, tau.value.isFinite, cochranQ.isFinite else { return nil }
        return Numbers(
            estimate: estimate * factor, tauSquared: tau.value * factor * factor, iSquared: found.iSquared,
            hSquared: found.hSquared, cochranQ: cochranQ)
    }

    private func summed(_ weighting: Weighting) -> MergingSums {
        var sums = MergingSums()
        for index in responses.indices {
            let variance = variances[index]
            sums = sums.merged(
                with: MergingSums(
                    response: responses[index], variance: variance, weight: weighting.momentWeight(variance)))
        }
        return sums
    }

    /// Computes the variance that the average of all studies has at this τ², before the factor of Hartung and Knapp.
    func plainVariance(at tauSquared: Double) -> Double {
        let added = tauSquared / factor / factor
        var total = 0.0
        var spread = 0.0
        let fixed = averageWeighting
        for index in variances.indices {
            let weight = fixed?.momentWeight(variances[index]) ?? 1 / (variances[index] + added)
            total += weight
            spread += weight * weight * (variances[index] + added)
        }
        return spread / total / total * factor * factor
    }

    // MARK: - Sums

    /// Sums of one subset, at each set of weights that does not depend on its τ².
    private struct Sums {
        /// Sums at weights 1 / v.
        var inverse: MergingSums
        /// Sums at the estimator's weights; `nil` when they are 1 / v.
        var moments: MergingSums?
        /// Sums at the average's weights; `nil` when they are 1 / (v + τ²).
        var average: MergingSums?
    }

    private struct Part {
        var before: Range<Int>
        var after: Range<Int>
        var sums: Sums

        var count: Int { sums.inverse.count }

        @inline(__always)
        func forEach(_ body: (Int) -> Void) {
            for index in before { body(index) }
            for index in after { body(index) }
        }
    }

    private func allSums(_ sums: ([Double], [Double], [Double]) -> [MergingSums]) -> [Sums] {
        let moments = momentWeighting.map { sums(responses, variances, $0.momentWeights(variances)) }
        let average = averageWeighting.map { sums(responses, variances, $0.momentWeights(variances)) }
        let inverse = sums(responses, variances, variances.map { 1 / $0 })
        return inverse.indices.map { Sums(inverse: inverse[$0], moments: moments?[$0], average: average?[$0]) }
    }

    /// Weights of an estimator of τ² that does not use 1 / v; `nil` for the others.
    private var momentWeighting: Weighting? {
        switch heterogeneity.estimator {
        case .hedges: .equal
        case .generalizedQ: model.weighting
        default: nil
        }
    }

    /// Weights of an average that does not use 1 / (v + τ²); `nil` otherwise.
    private var averageWeighting: Weighting? { model.weighting == .inverseVariance ? nil : model.weighting }

    // MARK: - One part

    /// τ² if it is not estimated: known, or 0 under a common effect.
    private var fixedTauSquared: Double? { heterogeneity.isRandom ? heterogeneity.knownTauSquared : 0 }

    private mutating func fit(_ part: Part) -> Fit {
        guard part.count > 0 else {
            return Fit(record: .ofNothing, tauSquared: fixedTauSquared.map { $0 * factor * factor })
        }
        do {
            let tau = try tauSquared(part)
            let average = average(part, at: tau.value)
            guard average.estimate.isFinite, average.standardError.isFinite, tau.value.isFinite,
                part.sums.inverse.squares.isFinite
            else { throw MetaAnalysisError.outOfRange }
            return Fit(
                record: record(part, tau, average),
                tauSquared: part.count > 1 || fixedTauSquared != nil ? tau.value * factor * factor : nil,
                varianceFactor: average.varianceFactor)
        } catch {
            return Fit(record: SubsetFit(k: part.count, failure: error))
        }
    }

    private func tauSquared(_ part: Part) throws -> (value: Double, modes: Int) {
        if let fixedTauSquared { return (fixedTauSquared, 1) }
        guard let estimator = heterogeneity.estimator, part.count > 1 else { return (0, 1) }
        let inverse = part.sums.inverse
        func momentEstimate(_ sums: MergingSums) -> (Double, Int) {
            (max(0, (sums.squares - sums.varianceTrace) / sums.projectionTrace), 1)
        }
        switch estimator {
        case .derSimonianLaird: return momentEstimate(inverse)
        case .hedges, .generalizedQ: return momentEstimate(part.sums.moments ?? inverse)
        case .hunterSchmidt, .hunterSchmidtCorrected:
            let k = Double(part.count)
            let multiple = estimator == .hunterSchmidt ? 1 : k / (k - 1)
            return (max(0, (multiple * inverse.squares - k) / inverse.weight), 1)
        default:
            guard
                let whole = try? VarianceComponentModel(
                    responses: taken(responses, part), variances: taken(variances, part))
            else { throw MetaAnalysisError.outOfRange }
            let found = estimator.estimate(whole, momentWeights: model.weighting.momentWeights(whole.variances))
            return (found.value, found.modes)
        }
    }

    private func taken(_ values: [Double], _ part: Part) -> [Double] {
        var taken: [Double] = []
        taken.reserveCapacity(part.count)
        taken += values[part.before]
        taken += values[part.after]
        return taken
    }

    private struct Average {
        var estimate: Double
        var standardError: Double
        var varianceFactor: Double
    }

    private func average(_ part: Part, at tauSquared: Double) -> Average {
        let optimal = optimalAverage(part, at: tauSquared)
        var (mean, variance) = (optimal.mean, 1 / optimal.weight)
        if let fixed = part.sums.average {
            mean = fixed.mean
            variance =
                (fixed.squaredWeightedVariance + tauSquared * fixed.squaredWeight) / fixed.weight / fixed.weight
        }
        let scale = usedInterval(part.count).factor(
            residual: residual(part, optimal.mean, at: tauSquared),
            degreesOfFreedom: Double(part.count - 1))
        return Average(
            estimate: mean, standardError: scale * variance.squareRoot(), varianceFactor: scale * scale)
    }

    /// Computes the average at weights 1 / (v + τ²), and the sum of the weights.
    private func optimalAverage(_ part: Part, at tauSquared: Double) -> (mean: Double, weight: Double) {
        let inverse = part.sums.inverse
        guard tauSquared > 0 else { return (inverse.mean, inverse.weight) }
        // Differences from the mean at 1 / v: the mean of equal responses is their value, to the last bit.
        let origin = inverse.mean
        var total = 0.0
        var product = 0.0
        part.forEach { index in
            let weight = 1 / (variances[index] + tauSquared)
            total += weight
            product += weight * (responses[index] - origin)
        }
        return (origin + product / total, total)
    }

    private func residual(_ part: Part, _ mean: Double, at tauSquared: Double) -> Double {
        guard tauSquared > 0 else { return part.sums.inverse.squares }
        var sum = 0.0
        part.forEach { index in
            let distance = responses[index] - mean
            sum += distance * distance / (variances[index] + tauSquared)
        }
        return sum
    }

    private func usedInterval(_ count: Int) -> IntervalMethod { count == 1 ? .wald : model.estimation.interval }

    // MARK: - Its record

    private mutating func record(
        _ part: Part, _ tau: (value: Double, modes: Int), _ average: Average
    ) -> SubsetFit {
        let k = part.count
        let inference = inference(usedInterval(k) == .wald ? nil : k - 1)
        var found = inference.estimate(average.estimate, standardError: average.standardError).rescaled(by: factor)
        if found.standardError == 0 { found.confidenceInterval = .unbounded }
        var prediction: ConfidenceInterval?
        if found.standardError > 0,
            let reference = model.prediction?.reference(count: k, matched: inference.reference)
        {
            var quantile = inference.quantile
            if reference != inference.reference, case .studentT(let degrees) = reference {
                quantile = self.inference(Int(degrees)).quantile
            }
            let error = average.standardError
            prediction = ConfidenceInterval(
                around: found.estimate, halfWidth: quantile * (tau.value + error * error).squareRoot() * factor)
        }
        return SubsetFit(
            k: k, estimate: found.estimate, standardError: found.standardError, statistic: found.statistic,
            degreesOfFreedom: found.degreesOfFreedom, pValue: found.pValue,
            confidenceInterval: found.confidenceInterval, predictionInterval: prediction,
            backTransformed: BackTransformed(
                scale, found.estimate, found.confidenceInterval, prediction, sampleSize: sampleSize(part)),
            heterogeneity: heterogeneity(part, tau.value), diagnostics: diagnostics(part, tau.modes, average))
    }

    /// Returns the reference distribution, computed once for each number of degrees of freedom.
    ///
    /// - Parameter degreesOfFreedom: degrees of freedom of t; `nil` for the normal distribution.
    private mutating func inference(_ degreesOfFreedom: Int?) -> ContrastInference {
        if let known = inferences[degreesOfFreedom ?? 0] { return known }
        let inference = ContrastInference(
            degreesOfFreedom: degreesOfFreedom.map(Double.init), level: model.estimation.level)
        inferences[degreesOfFreedom ?? 0] = inference
        return inference
    }

    private func sampleSize(_ part: Part) -> Double? {
        guard let reciprocalSizes else { return nil }
        return Double(part.count) / taken(reciprocalSizes, part).reduce(0, +)
    }

    private func heterogeneity(_ part: Part, _ tauSquared: Double) -> SubsetHeterogeneity {
        let sums = part.sums.inverse
        let degrees = Double(part.count - 1)
        let shares = shares(part, tauSquared)
        return SubsetHeterogeneity(
            tauSquared: tauSquared * factor * factor, iSquared: shares.iSquared, hSquared: shares.hSquared,
            cochranQ: sums.squares, degreesOfFreedom: degrees,
            pValue: degrees > 0
                ? ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(sums.squares) : nil)
    }

    /// Computes I² and H² from τ² under random effects, from Q otherwise.
    private func shares(_ part: Part, _ tauSquared: Double) -> (iSquared: Double?, hSquared: Double?) {
        let sums = part.sums.inverse
        let degrees = Double(part.count - 1)
        guard degrees > 0 else { return (nil, nil) }
        guard heterogeneity.isRandom else {
            return (
                InverseVariancePooling.iSquaredFromQ(sums.squares, degreesOfFreedom: degrees), sums.squares / degrees
            )
        }
        let scale = HeterogeneityScale(typicalVariance: degrees / sums.projectionTrace)
        return (scale.iSquared(tauSquared), scale.hSquared(tauSquared))
    }

    private func diagnostics(_ part: Part, _ modes: Int, _ average: Average) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if part.count == 1 {
            notes.append(
                Diagnostic(.note, .singleStudy, "there is one study, so that its own effect and interval are shown"))
        }
        if modes > 1 {
            notes.append(
                Diagnostic(
                    .note, .severalModes,
                    "the likelihood of the between-study variance has \(modes) maxima; the greatest is taken"))
        }
        if average.standardError == 0 {
            notes.append(.equalEffects(.note))
        }
        return notes
    }
}
