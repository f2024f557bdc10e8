import MetaAnalysisPlots
import Testing

@Suite struct TextMetricsTests {
    /// Widths from the metrics of Helvetica: H 722, e 556, l 222, v 500, t 278, i 222, c 500, a 556.
    @Test func widthsAreThoseOfHelvetica() {
        #expect(TextMetrics(size: 1000).width(of: "Helvetica") == 722 + 556 + 222 + 500 + 556 + 278 + 222 + 500 + 556)
        #expect(TextMetrics(size: 10, isBold: true).width(of: "A") == 7.22)
        #expect(TextMetrics(size: 12).width(of: "漢字") == 24)
        #expect(TextMetrics(size: 12).width(of: "") == 0)
    }

    @Test func shortenedTextFits() {
        let metrics = TextMetrics(size: 12)
        for text in Labels.lengths + Labels.scripts {
            for width in stride(from: 12.0, through: 300, by: 17) {
                let short = metrics.shortened(text, to: width)
                #expect(metrics.width(of: short) <= max(width, metrics.width(of: "…")))
                #expect(short == text || short.hasSuffix("…"))
            }
        }
    }

    @Test func wrappedLinesFit() {
        let metrics = TextMetrics(size: 12)
        for text in Labels.lengths + Labels.scripts {
            for line in metrics.wrapped(text, to: 80) { #expect(metrics.width(of: line) <= 80) }
        }
    }
}
