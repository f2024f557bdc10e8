extension TreatmentNetwork {
    /// Returns the effects of the studies that compare two treatments, `treatment` − `other`: the direct evidence, for any model that pools
    /// studies.
    ///
    /// ```swift
    /// let direct = try RandomEffects().fit(network.effects(of: "metformin", versus: "placebo"))
    /// ```
    ///
    /// The number of participants is that of the two arms, where the data have it. O(Σ a²) for studies of a arms.
    ///
    /// - Returns: effects in the order of the studies; none for treatments that no study compares.
    public func effects(of treatment: Treatment, versus other: Treatment) -> EffectSizes {
        var result = EffectSizes(measure: measure, scale: scale, effects: [])
        result.settings = settings
        guard let first = index(of: treatment), let second = index(of: other) else { return result }
        for study in studies {
            guard
                let pair = study.pairs.first(where: {
                    $0.first == min(first, second) && $0.second == max(first, second)
                })
            else { continue }
            let sizes = [first, second].compactMap { arm in
                study.arms.firstIndex(of: arm).flatMap { study.sizes?[$0] }
            }
            result.effects.append(
                EffectSize(
                    label: study.label, estimate: first < second ? pair.estimate : -pair.estimate,
                    variance: pair.variance, row: study.row, sampleSize: sizes.count == 2 ? sizes[0] + sizes[1] : nil,
                    group: study.group))
        }
        return result
    }
}
