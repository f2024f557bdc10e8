/// Appearance of figures: colors and the order of columns.
public enum Theme: String, Hashable, Sendable, CaseIterable {
    /// Black on white, for print.
    case journal
    /// Colors on white, for the screen.
    case light
    /// Colors on a dark background, for the screen.
    case dark
    /// Columns and colors similar to those of RevMan.
    case revman
    /// Columns and colors similar to those of The BMJ.
    case bmj

    /// Colors of the theme, based on those of Okabe and Ito, which are distinguishable with any kind of color vision; shades of gray in
    /// `journal`.
    public var palette: Palette {
        switch self {
        case .journal:
            Palette(
                background: Color("#ffffff"), text: Color("#000000"), muted: Color("#555555"), rule: Color("#000000"),
                grid: Color("#bbbbbb"), study: Color("#333333"), pooled: Color("#000000"),
                prediction: Color("#777777"), accent: Color("#000000"), stripe: nil, header: nil,
                series: ["#000000", "#777777", "#444444", "#aaaaaa"].map { Color($0) })
        case .light:
            Palette(
                background: Color("#ffffff"), text: Color("#1c2430"), muted: Color("#5a6675"), rule: Color("#8a94a0"),
                grid: Color("#d5dae0"), study: Color("#0072b2"), pooled: Color("#d55e00"),
                prediction: Color("#b0670f"), accent: Color("#009e73"), stripe: Color("#f4f6f8"), header: nil,
                series: Self.okabeIto)
        case .dark:
            Palette(
                background: Color("#14181f"), text: Color("#e8ecf1"), muted: Color("#a3adba"), rule: Color("#7b8694"),
                grid: Color("#39424f"), study: Color("#56b4e9"), pooled: Color("#e69f00"),
                prediction: Color("#f0c869"), accent: Color("#2fc79b"), stripe: Color("#1b2029"), header: nil,
                series: ["#56b4e9", "#e69f00", "#2fc79b", "#cc79a7", "#f0e442", "#ff8a4c"].map { Color($0) })
        case .revman:
            Palette(
                background: Color("#ffffff"), text: Color("#000000"), muted: Color("#444444"), rule: Color("#000000"),
                grid: Color("#cccccc"), study: Color("#2f6db5"), pooled: Color("#000000"),
                prediction: Color("#666666"), accent: Color("#00805f"), stripe: nil, header: nil,
                series: Self.okabeIto)
        case .bmj:
            Palette(
                background: Color("#ffffff"), text: Color("#1a1a1a"), muted: Color("#4f5b66"), rule: Color("#2a6ebb"),
                grid: Color("#c9d6e6"), study: Color("#2a6ebb"), pooled: Color("#1b3f6e"),
                prediction: Color("#5d87b8"), accent: Color("#b5121b"), stripe: Color("#eef4fa"),
                header: Color("#d6e4f2"), series: Self.okabeIto)
        }
    }

    /// Whether the numbers of a forest plot are to the left of the plot.
    var hasNumbersBeforePlot: Bool { self == .revman }

    private static let okabeIto = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"].map { Color($0) }
}

/// The colors of a theme by purpose.
public struct Palette: Hashable, Sendable {
    /// Color of the page.
    public var background: Color
    /// Color of text and numbers.
    public var text: Color
    /// Color of notes and less important text.
    public var muted: Color
    /// Color of axes and of lines of no effect.
    public var rule: Color
    /// Color of fine lines, bands and other marks in the background.
    public var grid: Color
    /// Color of the marks of single studies.
    public var study: Color
    /// Color of the pooled effect and of other results of all studies.
    public var pooled: Color
    /// Color of the prediction interval.
    public var prediction: Color
    /// Color that highlights additions, such as imputed studies and regression lines.
    public var accent: Color
    /// Color behind every other study of a forest plot; `nil` for none.
    public var stripe: Color?
    /// Color behind the headers of columns; `nil` for none.
    public var header: Color?
    /// Colors that distinguish series, such as comparisons.
    public var series: [Color]
}
