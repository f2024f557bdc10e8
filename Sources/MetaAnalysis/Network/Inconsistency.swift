/// Whether the studies of a network agree, within and between designs.
public struct Inconsistency: Hashable, Sendable, Codable {
    /// Cochran's Q of the whole network.
    public var total: InconsistencyTest
    /// Differences between studies that compare the same treatments.
    public var withinDesigns: InconsistencyTest
    /// Differences between designs.
    public var betweenDesigns: InconsistencyTest
    /// Of the design-by-treatment interaction with random effects; `nil` where it cannot be made.
    public var designByTreatment: InconsistencyTest?
}

/// A sum of squares against χ².
public struct InconsistencyTest: Hashable, Sendable, Codable {
    public var q: Double
    public var degreesOfFreedom: Double
    /// `nil` without degrees of freedom.
    public var pValue: Double?

    init(q: Double, degreesOfFreedom: Double) {
        self.q = q
        self.degreesOfFreedom = degreesOfFreedom
        pValue =
            degreesOfFreedom > 0
            ? ReferenceDistribution.chiSquared(degreesOfFreedom: degreesOfFreedom).upperTail(q) : nil
    }
}

extension Inconsistency {
    init(_ contrasts: OrthogonalContrasts, network: TreatmentNetwork) throws {
        let all = try contrasts.model()
        let total = all.quadraticForms(at: 0).form + contrasts.inconsistencyQ
        var within = 0.0
        var degrees = 0
        for design in network.designs {
            let part = network.subset(design.studies)
            let own = try OrthogonalContrasts(part)
            within += try own.model().quadraticForms(at: 0).form + own.inconsistencyQ
            degrees += (design.studies.count - 1) * (design.treatments.count - 1)
        }
        self.total = InconsistencyTest(q: total, degreesOfFreedom: Double(network.degreesOfFreedom))
        withinDesigns = InconsistencyTest(q: within, degreesOfFreedom: Double(degrees))
        betweenDesigns = InconsistencyTest(
            q: max(0, total - within), degreesOfFreedom: Double(network.degreesOfFreedom - degrees))
    }
}
