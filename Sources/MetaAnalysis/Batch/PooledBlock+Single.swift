extension PooledBlock {
    mutating func fill(_ batch: StudyBatch, groups: Range<Int>, settings: BatchPooling) throws {
        resize(to: groups.count)
        for group in groups {
            let positions = (0..<batch.layout.studyCount(of: group)).map { batch.layout.position(of: $0, in: group) }
                .filter { !batch.estimates[$0].isNaN && !batch.variances[$0].isNaN }
            counts[group - groups.lowerBound] = Int32(positions.count)
            guard !positions.isEmpty else { continue }
            let effects = EffectSizes(effects: positions.map { EffectSize(label: "\(group)", estimate: batch.estimates[$0], variance: batch.variances[$0]) })
            let p: PooledEffect
            if let h = settings.heterogeneity { p = try RandomEffects(heterogeneity: h, interval: settings.interval, knownTauSquared: settings.knownTauSquared, level: settings.level).fit(effects) } else { p = try CommonEffect(interval: settings.interval, level: settings.level).fit(effects) }
            let i = group - groups.lowerBound
            estimates[i] = p.estimate; standardErrors[i] = p.standardError; tauSquared[i] = p.heterogeneity.tauSquared
            iSquared[i] = p.heterogeneity.iSquared ?? .nan; cochranQ[i] = p.heterogeneity.cochranQ
        }
    }
}
