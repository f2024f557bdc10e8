/// Points for integrals over many independent standard normal variables: eight shifted copies of one lattice. Each copy has 2ᴸ points, and
/// a lattice of a smaller L is a part of it.
///
/// A point is {x z / 2¹⁷ + shift} for x = 0, 1, … < 2¹⁷, folded by the tent 1 − |2u − 1| and transformed to the normal scale by the
/// quantile function. With the tent, smooth functions that are not periodic converge as fast as periodic ones. The early components of z
/// are the best ones, so the variables that matter most should come first. The shifts are fixed numbers, so every run gives the same
/// result. As with random shifts, the spread of the eight integrals shows their error.
///
/// Source: the vector z was built component by component for order-1 Korobov spaces with weights 1/j², as a compromise over all L of 6 to
/// 17, with the fast algorithm of Nuyens & Cools (2006), doi:10.1090/S0025-5718-06-01785-6, and the normalized worst level of L'Ecuyer &
/// Munger (2016), doi:10.1145/2754929; the tent: Dick, Nuyens & Pillichshammer, doi:10.48550/arXiv.1211.3799.
struct IntegrationLattice: Sendable {
    static let shiftCount = 8
    /// L of the smallest and the largest lattice.
    static let levels = 6...17
    /// Seed for which the spread of the shifts covers the error of functions of one variable, for each of the first four variables.
    private static let firstSeed = 608
    static var maximumDimension: Int { generator.count }

    let dimension: Int
    /// Shifts for each copy and variable, in units of 2⁻¹⁷.
    private let shifts: [[Int]]

    /// - Parameter dimension: number of variables, at most `maximumDimension`.
    init(dimension: Int) {
        precondition(dimension <= Self.maximumDimension, "a lattice has at most \(Self.maximumDimension) dimensions")
        self.dimension = dimension
        shifts = (0..<Self.shiftCount).map { shift in
            var generator = SeededGenerator(seed: UInt64(Self.firstSeed + shift))
            return (0..<dimension).map { _ in Int(generator.next() >> 47) }
        }
    }

    /// Returns the x of the points that a level adds to the level below it, or of all its points.
    static func points(of level: Int, addedOnly: Bool) -> StrideTo<Int> {
        let step = 1 << (levels.upperBound - level)
        return addedOnly
            ? stride(from: step, to: 1 << levels.upperBound, by: 2 * step)
            : stride(from: 0, to: 1 << levels.upperBound, by: step)
    }

    /// Writes the variables of four points, the first variable first.
    func normals(
        shift: Int, points: SIMD4<Int>, into variables: UnsafeMutablePointer<SIMD4<Double>>
    ) {
        let mask = (1 << Self.levels.upperBound) - 1
        let half = 1 << (Self.levels.upperBound - 1)
        Self.quantiles.withUnsafeBufferPointer { quantiles in
            for index in 0..<dimension {
                let z = Self.generator[index]
                let shift = shifts[shift][index]
                var values = SIMD4<Double>()
                for lane in 0..<4 {
                    // The tent of (j + ½) / 2¹⁷ is (2j + 1) / 2¹⁷, mirrored beyond the middle.
                    let position = (points[lane] &* z &+ shift) & mask
                    values[lane] = quantiles[position < half ? position : mask &- position]
                }
                variables[index] = values
            }
        }
    }

    /// Normal quantiles of (2j + 1) / 2¹⁷ for j < 2¹⁶.
    private static let quantiles: [Double] = {
        let count = 1 << (levels.upperBound - 1)
        var quantiles = Array(repeating: 0.0, count: count)
        for index in 0..<(count / 2) {
            let value = ReferenceDistribution.normal.quantile(Double(2 * index + 1) / Double(2 * count))
            quantiles[index] = value
            quantiles[count - 1 - index] = -value
        }
        return quantiles
    }()

    private static let generator: [Int] = [
        1, 40239, 15833, 62833, 53151, 33969, 11153, 61881, 22077, 42901, 1007, 27559, 16707, 43067, 19311, 23791,
        14309, 4565, 15513, 56487, 14665, 6935, 46345, 1287, 2937, 56445, 50961, 63949, 4625, 32343, 18865, 35335,
        55265, 23575, 29481, 5997, 46739, 27765, 39163, 5733, 25725, 48665, 60705, 49647, 17755, 43627, 57197, 53941,
        7097, 49029, 33051, 18295, 5335, 26867, 825, 63647, 36301, 19795, 51995, 16071, 42105, 35779, 26595, 20021,
        22387, 2171, 759, 38291, 54665, 44717, 48091, 12447, 16537, 11693, 3561, 32149, 61463, 42381, 44041, 64393,
        6669, 45321, 54031, 57963, 55821, 24627, 29473, 13383, 62435, 65267, 28527, 9379, 49079, 20879, 56731, 24071,
        53045, 55033, 65165, 21771, 20211, 45581, 30089, 20857, 29721, 17053, 22867, 16761, 17431, 30307, 64755, 7613,
        15973, 5795, 31623, 12605, 20335, 48919, 55721, 3851, 30321, 55647, 21281, 12833, 39655, 19619, 9275, 36813,
        46903, 53791, 65185, 62697, 28129, 60023, 61041, 42213, 56823, 37753, 36887, 10075, 37437, 7033, 26483, 43421,
        61277, 20181, 10785, 6545, 28917, 54931, 35089, 40549, 27821, 45029, 12521, 41495, 7659, 34313, 24205, 29579,
        2181, 61563, 3747, 36599, 47625, 41311, 31451, 56185, 60313, 18963, 49341, 5627, 53545, 32157, 6525, 27203,
        22437, 44747, 27815, 33511, 11509, 11827, 12751, 3415, 10745, 51433, 48087, 28847, 37039, 8963, 41619, 26471,
        14163, 53401, 60827, 36249, 62265, 4133, 3829, 48139, 17527, 3191, 621, 21351, 31011, 9507, 62427, 30183, 45593,
        9239, 33607, 36035, 4281, 37735, 34437, 50861, 46561, 19159, 12147, 27685, 10203, 60569, 49933, 31363, 5499,
        3245, 28147, 3109, 34543, 16311, 41447, 27213, 29497, 54229, 37851, 44759, 15981, 46377, 42275, 45031, 8601,
        17979, 34683, 15021, 64477, 16009, 40585, 33347, 32067, 26715, 22959, 11629, 11979, 44469, 49527, 41099,
    ]
}
