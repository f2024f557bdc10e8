import ArgumentParser
import MetaAnalysisPlots
import SystemPackage

/// A file for a figure: SVG directly, PNG and PDF through `rsvg-convert`.
struct FigureFile {
    enum Form: String, CaseIterable {
        case svg, png, pdf
    }

    /// Path of the file; `nil` for SVG on standard output.
    var path: String?
    var form: Form

    /// - Throws: `CommandFailure` with status `usage` for an extension other than those of figures.
    init(_ path: String?, option: String = "--output") throws {
        self.path = path
        guard let path else {
            form = .svg
            return
        }
        guard let ending = FilePath(path).extension?.lowercased(), let form = Form(rawValue: ending) else {
            throw CommandFailure(.usage, "\(option) \(path) does not end in .svg, .png or .pdf; name such a file")
        }
        self.form = form
    }

    func part(_ figure: Figure) throws -> OutputFile.Part { OutputFile.Part(try rendered(figure), to: path) }

    /// Returns the figure in the format of the file.
    private func rendered(_ figure: Figure) throws -> [UInt8] {
        let svg = figure.svg()
        guard let path, form != .svg else { return Array(svg.utf8) }
        let arguments = ["--format", form.rawValue] + (form == .png ? ["--zoom", "2"] : [])
        let result: (status: Int32, output: [UInt8])?
        do {
            result = try Platform.run("rsvg-convert", arguments, input: svg.utf8)
        } catch let error as Errno {
            throw CommandFailure(.failure, "rsvg-convert cannot be run (\(error)); write SVG instead")
        }
        guard let result else {
            throw CommandFailure(
                .cannotCreate,
                "\(path): \(form.rawValue.uppercased()) needs the program rsvg-convert, which is not installed; "
                    + "install it (Debian: librsvg2-bin), or write SVG")
        }
        guard result.status == 0, !result.output.isEmpty else {
            throw CommandFailure(.failure, "\(path): rsvg-convert fails on the figure; write SVG instead")
        }
        return result.output
    }
}

/// Options for a figure in addition to the answer of another command.
struct SideFigure: ParsableArguments {
    @Option(
        name: .customLong("plot"),
        help: .init(
            "Draw the fitting figure of the same result as well, to a file that ends in .svg, .png or .pdf: the forest plot; bias "
                + "the funnel plot, regress the bubble plot, network its graph over its forest plot.", valueName: "file"
        ))
    var path: String?

    func validate() throws {
        do { _ = try FigureFile(path, option: "--plot") } catch let failure as CommandFailure {
            throw ValidationError(failure.message)
        }
    }

    /// Returns the files to be written in addition to the answer; figures are drawn only if they were requested.
    func parts(_ figures: @autoclosure () -> [Figure]) throws -> [OutputFile.Part] {
        guard path != nil, let whole = Figure.stacked(figures()) else { return [] }
        return [try FigureFile(path, option: "--plot").part(whole)]
    }
}

extension FigureData {
    /// Returns the data as CSV; several figures are distinguished by a first column.
    static func csv(_ parts: [(name: String?, data: FigureData)]) -> String {
        let isNamed = parts.count > 1
        var table = DelimitedText(columns: (isNamed ? ["outcome"] : []) + (parts.first?.data.columns ?? []))
        for part in parts {
            for row in part.data.rows {
                let fields = row.map { value in
                    switch value {
                    case .text(let text): DelimitedText.Field.text(text)
                    case .number(let number): DelimitedText.Field.number(number)
                    }
                }
                table.rows.append((isNamed ? [.text(part.name)] : []) + fields)
            }
        }
        return table.text
    }
}
