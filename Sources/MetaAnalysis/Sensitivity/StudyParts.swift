/// Selection among the studies that a model pools, with or without an effect of their own, to leave studies out or add them one
/// at a time.
struct StudyParts {
    private let effects: EffectSizes
    /// Number of studies in `PooledEffect.studies`, whose order positions refer to.
    let count: Int
    /// Whether the model pools every study of the source, as models of counts do.
    let isBySource: Bool

    /// Creates the selection.
    ///
    /// - Parameter whole: the fit of all studies.
    init(_ effects: EffectSizes, of whole: PooledEffect) {
        self.effects = effects
        count = whole.studies.count
        isBySource = whole.studies.count != effects.count
    }

    /// Returns the effects of some of the studies.
    func taking(_ indices: [Int]) -> EffectSizes {
        guard isBySource else { return effects.subset(indices) }
        let positions = Set(indices)
        let heard = effects.effects.indices.filter { positions.contains(effects.effects[$0].position) }
        let silent = positions.subtracting(heard.map { effects.effects[$0].position })
        return effects.subset(heard, keeping: silent.sorted())
    }

    /// Returns the position in the source of a study that the model pools.
    func position(of index: Int) -> Int {
        isBySource ? index : effects.source == nil ? index : effects.effects[index].position
    }
}

extension PoolingModel {
    /// Pools the studies without each in turn.
    ///
    /// - Parameter whole: the fit of all studies.
    func omissions(from effects: EffectSizes, _ whole: PooledEffect) -> [SubsetPooling.Fit] {
        if let model = self as? any InverseVarianceModel {
            var pooling = SubsetPooling(effects, model)
            return pooling.leavingOneOut()
        }
        let parts = StudyParts(effects, of: whole)
        let all = Array(0..<parts.count)
        return all.map { omitted in part(parts, all.filter { $0 != omitted }) }
    }

    /// Pools the first study in an order, the first two, and so on.
    func additions(to effects: EffectSizes, _ whole: PooledEffect, order: [Int]) -> [SubsetFit] {
        if let model = self as? any InverseVarianceModel {
            var pooling = SubsetPooling(effects, model, order: order)
            return pooling.accumulating().map(\.record)
        }
        let parts = StudyParts(effects, of: whole)
        return order.indices.map { part(parts, Array(order[...$0])).record }
    }

    private func part(_ parts: StudyParts, _ indices: [Int]) -> SubsetPooling.Fit {
        guard !indices.isEmpty else { return SubsetPooling.Fit(record: .ofNothing) }
        do {
            let pooled = try fit(parts.taking(indices))
            return SubsetPooling.Fit(record: SubsetFit(pooled), tauSquared: pooled.heterogeneity.tauSquared)
        } catch {
            return SubsetPooling.Fit(record: SubsetFit(k: indices.count, failure: error))
        }
    }
}
