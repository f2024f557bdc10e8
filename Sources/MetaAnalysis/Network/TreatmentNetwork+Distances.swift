extension TreatmentNetwork {
    /// Number of direct comparisons on a shortest path between two treatments, n × n in the order of `treatments`.
    ///
    /// It is 0 for a treatment and itself, 1 where a study compares the two, and `nil` where no chain of studies connects them. A great
    /// distance means that an estimate is based on many indirect steps. n treatments and m direct comparisons in O(n m). R:
    /// `netmeta::netdistance(net)`.
    ///
    /// ```swift
    /// network.distances[0][1]
    /// ```
    public var distances: [[Int?]] {
        let count = treatments.count
        var neighbors = Array(repeating: Set<Int>(), count: count)
        for study in studies {
            for arm in study.arms { neighbors[arm].formUnion(study.arms.filter { $0 != arm }) }
        }
        let adjacent = neighbors.map { $0.sorted() }
        return (0..<count).map { start in
            var distances = Array(repeating: Int?.none, count: count)
            distances[start] = 0
            var reached = [start]
            var length = 0
            while !reached.isEmpty {
                length += 1
                var further: [Int] = []
                for here in reached {
                    for neighbor in adjacent[here] where distances[neighbor] == nil {
                        distances[neighbor] = length
                        further.append(neighbor)
                    }
                }
                reached = further
            }
            return distances
        }
    }
}
