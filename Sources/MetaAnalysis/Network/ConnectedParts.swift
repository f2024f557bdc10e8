/// The connected parts of n treatments that chains of designs link.
struct ConnectedParts: Sendable {
    private var parents: [Int]
    /// Number of parts; a treatment that nothing links is a part by itself.
    private(set) var count: Int

    /// - Parameters:
    ///   - omitted: a design that is left out.
    ///   - count: number n of treatments.
    init(of designs: [DesignEvidence], omitting omitted: Int? = nil, count: Int) {
        parents = Array(0..<count)
        self.count = count
        for index in designs.indices where index != omitted {
            let arms = designs[index].arms
            for arm in arms.dropFirst() { link(arms[0], arm) }
        }
    }

    private mutating func link(_ first: Int, _ second: Int) {
        let (one, other) = (shortenedRoot(of: first), shortenedRoot(of: second))
        guard one != other else { return }
        parents[max(one, other)] = min(one, other)
        count -= 1
    }

    func areLinked(_ first: Int, _ second: Int) -> Bool { root(of: first) == root(of: second) }

    private func root(of treatment: Int) -> Int {
        var current = treatment
        while parents[current] != current { current = parents[current] }
        return current
    }

    private mutating func shortenedRoot(of treatment: Int) -> Int {
        var current = treatment
        while parents[current] != current {
            parents[current] = parents[parents[current]]
            current = parents[current]
        }
        return current
    }
}
