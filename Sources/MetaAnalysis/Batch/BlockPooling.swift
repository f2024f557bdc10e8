/// Pools the groups of a block: screens their numbers and pools each group by the fastest suitable algorithm.
struct BlockPooling {
    let settings: BatchPooling

    init(_ settings: BatchPooling) { self.settings = settings }

    /// Largest number of studies of a group that is pooled in a lane. Larger groups are pooled one at a time, several studies at once.
    private static let greatestLaneCount = 256

    /// Pools the groups of a block.
    ///
    /// - Parameters:
    ///   - studies: positions of the studies of each group.
    ///   - counts: receives the number of studies of each group.
    ///   - columns: receives the results of each group.
    /// - Returns: the groups that cannot be pooled, in order; their number of studies is 0.
    func pool(
        _ studies: BatchStudies, counts: UnsafeMutablePointer<Int32>, columns: PooledColumns
    ) -> [GroupFault] {
        guard poolEqual(studies, columns: columns) ?? poolScreened(studies, columns: columns) else {
            return poolSelected(studies, counts: counts, columns: columns)
        }
        for group in 0..<studies.groupCount { counts[group] = Int32(studies.count(of: group)) }
        return []
    }

    /// Pools groups of one size by a closed form, with screening in the same pass.
    ///
    /// - Returns: whether all numbers are moderate; if not, the results are invalid. `nil` if the groups or settings do not allow a closed
    ///   form.
    private func poolEqual(_ studies: BatchStudies, columns: PooledColumns) -> Bool? {
        guard let count = studies.commonCount, 1...Self.greatestLaneCount ~= count, Equation(settings) == .closedForm
        else { return nil }
        let lanes = ClosedFormLanes(rule: rule, interval: settings.estimation.interval, capacity: count)
        defer { lanes.deallocate() }
        var screening = BatchScreening()
        for first in stride(from: 0, to: studies.groupCount & ~3, by: 4) {
            let quad = GroupQuad(from: first, count: count)
            columns.write(quad, lanes.pool(quad, of: studies, &screening))
        }
        var quad = GroupQuad()
        for group in (studies.groupCount & ~3)..<studies.groupCount { _ = quad.add(group, count: count) }
        if !quad.isEmpty {
            quad.complete()
            columns.write(quad, lanes.pool(quad, of: studies, &screening))
        }
        return screening.allAreModerate
    }

    private func poolScreened(_ studies: BatchStudies, columns: PooledColumns) -> Bool {
        guard studies.areModerate else { return false }
        pool(studies, columns: columns)
        return true
    }

    /// Pools groups without their missing studies, and rescales groups whose numbers are far from 1, one at a time.
    private func poolSelected(
        _ studies: BatchStudies, counts: UnsafeMutablePointer<Int32>, columns: PooledColumns
    ) -> [GroupFault] {
        var faults: [GroupFault] = []
        var estimates: [Double] = []
        var variances: [Double] = []
        var offsets = [0]
        var extreme: [(group: Int, effects: EffectSizes)] = []
        for group in 0..<studies.groupCount {
            let start = estimates.count
            var isModerate = true
            var fault: MetaAnalysisError?
            for study in 0..<studies.count(of: group) {
                let position = studies.start(of: group) + study * studies.stride
                let (estimate, variance) = (studies.estimates[position], studies.variances[position])
                if estimate.isNaN || variance.isNaN { continue }
                guard estimate.isFinite, variance.isFinite, variance > 0 else {
                    fault = MetaAnalysisError(
                        .invalidOutcome,
                        "study \(study + 1) has the effect \(estimate) and the variance \(variance)",
                        remedy: "give a finite effect and a variance greater than 0, or NaN for a study that is missing"
                    )
                    break
                }
                isModerate = isModerate && BatchScreening.isModerate(estimate, variance)
                estimates.append(estimate)
                variances.append(variance)
            }
            if let fault { faults.append(GroupFault(group: group, error: fault)) }
            counts[group] = fault == nil ? Int32(estimates.count - start) : 0
            if fault != nil {
                estimates.removeLast(estimates.count - start)
                variances.removeLast(variances.count - start)
            } else if !isModerate {
                let effects = (start..<estimates.count).map {
                    EffectSize(label: "\($0 - start + 1)", estimate: estimates[$0], variance: variances[$0])
                }
                extreme.append((group, EffectSizes(effects: effects)))
                estimates.removeLast(estimates.count - start)
                variances.removeLast(variances.count - start)
            }
            offsets.append(estimates.count)
        }
        estimates.withUnsafeBufferPointer { estimates in
            variances.withUnsafeBufferPointer { variances in
                offsets.withUnsafeBufferPointer { offsets in
                    guard let estimate = estimates.baseAddress, let variance = variances.baseAddress else { return }
                    pool(
                        BatchStudies(estimates: estimate, variances: variance, offsets: offsets), columns: columns)
                }
            }
        }
        for (group, effects) in extreme {
            do {
                columns.write(group, try GroupNumbers(settings.fit(effects)))
            } catch {
                faults.append(GroupFault(group: group, error: error as? MetaAnalysisError ?? .outOfRange))
                counts[group] = 0
            }
        }
        return faults.sorted { $0.group < $1.group }
    }

    /// Pools groups of moderate numbers; a group without studies is skipped.
    private func pool(_ studies: BatchStudies, columns: PooledColumns) {
        var capacity = 0
        var searched: [Int] = []
        var alone: [Int] = []
        let equation = Equation(settings)
        if equation != .closedForm { searched.reserveCapacity(studies.groupCount) }
        if let common = studies.commonCount {
            capacity = common <= Self.greatestLaneCount ? common : 0
        } else {
            for group in 0..<studies.groupCount {
                let count = studies.count(of: group)
                capacity = max(capacity, count <= Self.greatestLaneCount ? count : 0)
            }
        }
        let lanes = ClosedFormLanes(rule: rule, interval: settings.estimation.interval, capacity: capacity)
        defer { lanes.deallocate() }
        var quad = GroupQuad()
        var screening = BatchScreening()
        for group in 0..<studies.groupCount {
            let count = studies.count(of: group)
            if count == 0 { continue }
            if count > Self.greatestLaneCount || (equation == .other && count > 1) {
                alone.append(group)
            } else if count > 1, equation != .closedForm {
                searched.append(group)
            } else if quad.add(group, count: count) {
                columns.write(quad, lanes.pool(quad, of: studies, &screening))
            }
        }
        if !quad.isEmpty {
            quad.complete()
            columns.write(quad, lanes.pool(quad, of: studies, &screening))
        }
        if !searched.isEmpty { search(searched, equation, studies, columns, capacity: capacity) }
        for group in alone { columns.write(group, GroupNumbers(studies.model(of: group), settings)) }
    }

    private func search(
        _ queue: [Int], _ equation: Equation, _ studies: BatchStudies, _ columns: PooledColumns, capacity: Int
    ) {
        switch equation {
        case .quadraticForm:
            SearchLanes(
                equation: QuadraticFormEquation(), interval: settings.estimation.interval, queue: queue,
                studies: studies,
                columns: columns, capacity: capacity
            ).pool()
        case .likelihood:
            SearchLanes(
                equation: LikelihoodEquation(restricted: false), interval: settings.estimation.interval, queue: queue,
                studies: studies, columns: columns, capacity: capacity
            ).pool()
        case .restrictedLikelihood:
            SearchLanes(
                equation: LikelihoodEquation(restricted: true), interval: settings.estimation.interval, queue: queue,
                studies: studies, columns: columns, capacity: capacity
            ).pool()
        case .closedForm, .other: preconditionFailure("there is nothing to search for")
        }
    }

    private var rule: ClosedFormLanes.TauSquaredRule {
        switch settings.estimation.heterogeneity {
        case .known(let known): .known(known)
        case .estimated(.derSimonianLaird): .derSimonianLaird
        case .common, .estimated: .common
        }
    }

    /// The kind of equation that gives τ².
    private enum Equation {
        case closedForm, quadraticForm, likelihood, restrictedLikelihood
        /// τ² is estimated group by group.
        case other

        init(_ settings: BatchPooling) {
            guard let estimator = settings.estimation.heterogeneity.estimator else {
                self = .closedForm
                return
            }
            switch estimator {
            case .derSimonianLaird: self = .closedForm
            case .empiricalBayes, .pauleMandel, .derSimonianLairdIterated, .sidikJonkmanIterated: self = .quadraticForm
            case .maximumLikelihood: self = .likelihood
            case .restrictedMaximumLikelihood: self = .restrictedLikelihood
            // Every estimator can be used group by group; those above are also implemented for lanes of groups.
            default: self = .other
            }
        }
    }
}

extension GroupNumbers<Double> {
    /// Pools a single group.
    init(_ model: VarianceComponentModel, _ settings: BatchPooling) {
        let atZero = model.interceptSums(at: 0)
        let heterogeneity = settings.estimation.heterogeneity
        let tauSquared = heterogeneity.tauSquared(model) { model.weights(at: 0) }
        let sums = tauSquared == 0 ? atZero : model.interceptSums(at: tauSquared)
        self.init(
            estimate: model.origin + sums.mean, sumOfWeights: sums.w, form: sums.quadraticForm, tauSquared: tauSquared,
            cochranQ: atZero.quadraticForm, traceP: model.projectionTrace(at: 0),
            degreesOfFreedom: model.residualDegreesOfFreedom,
            interval: settings.estimation.interval)
        if !heterogeneity.isRandom {
            iSquared =
                InverseVariancePooling.iSquaredFromQ(cochranQ, degreesOfFreedom: model.residualDegreesOfFreedom) ?? .nan
        }
    }

    init(_ pooled: PooledEffect) {
        self.init(
            estimate: pooled.estimate, standardError: pooled.standardError,
            tauSquared: pooled.heterogeneity.tauSquared, iSquared: pooled.heterogeneity.iSquared ?? .nan,
            cochranQ: pooled.heterogeneity.cochranQ)
    }
}
