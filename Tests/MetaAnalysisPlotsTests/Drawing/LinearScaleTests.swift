import Testing

@testable import MetaAnalysisPlots

@Suite struct LinearScaleTests {
    static let pairs: [(Double, Double)] = [
        (0, 1), (1, 1), (0, 0), (-5, -5), (1e300, 1e300), (1.7e308, 1.7e308), (-1.7e308, -1.7e308), (-8e307, 8e307),
        (-1.7e308, 1.7e308), (0, 1.79e308), (0, 5e-324), (1e-320, 1e-320), (-5e-324, 0),
    ]

    @Test(arguments: pairs)
    func endsAreDifferentAndFinite(lower: Double, upper: Double) {
        let (start, end) = LinearScale.ends(lower, upper, margin: 0.05)
        #expect(start < end && (end - start).isFinite)
        if (upper - lower).isFinite { #expect(start <= lower && end >= upper) }
    }

    @Test func placesAreInProportion() {
        let scale = LinearScale(from: 2, to: 4, start: 100, end: 0)
        #expect(scale(2) == 100 && scale(3) == 50 && scale(4) == 0 && scale.clamped(9) == 0)
        #expect(scale.contains(2) && !scale.contains(4.1))
    }
}
