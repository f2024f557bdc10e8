/// A figure of a result: marks in a theme, and the numbers behind them.
///
/// ```swift
/// let svg = ForestPlot(pooled).svg()
/// ```
///
/// A plot holds what it shows and computes no statistics. A new kind of figure needs one file: a type with `figure(theme:)` and `data`.
public protocol Plot: Hashable, Sendable {
    /// The numbers that the figure shows, as a table.
    var data: FigureData { get }

    /// Returns the marks of the figure.
    func figure(theme: Theme) -> Figure
}

extension Plot {
    /// Returns the marks of the figure in the theme for journals.
    public func figure() -> Figure { figure(theme: .journal) }

    /// Returns the figure as an SVG document.
    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }
}
