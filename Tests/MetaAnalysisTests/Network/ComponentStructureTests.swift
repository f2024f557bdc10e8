import Testing

@testable import MetaAnalysis

@Suite struct ComponentStructureTests {
    private func structure(
        _ names: [Treatment], separator: String = "+", inactive: Treatment? = nil, interactions: [[String]] = []
    ) throws -> ComponentStructure {
        try ComponentStructure(names, separator: separator, inactive: inactive, interactions: interactions)
    }

    @Test func columnsAreTheActiveComponents() throws {
        let names: [Treatment] = ["b", "A+b", "A + C", "Placebo", "C+Placebo"]
        let found = try structure(names, inactive: "Placebo", interactions: [["C", "A"]])
        #expect(found.columns == ["A", "b", "C", "A*C"])
        let matrix = try found.matrix(names)
        #expect(
            matrix
                == Matrix(rows: [[0, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 0], [0, 0, 1, 0]]))
        #expect(try found.row(" C+ b +A") == [1, 1, 1, 1])
    }

    @Test func anySeparator() throws {
        #expect(try structure(["A and B", "A", "B|C"], separator: " and ").columns == ["A", "B", "B|C"])
        #expect(try structure(["A|B", "A.B"], separator: "|").columns == ["A", "A.B", "B"])
        #expect(try structure(["A.B", "A"], separator: ".").columns == ["A", "B"])
    }

    @Test(arguments: [
        ("A++B", MetaAnalysisError.Code.invalidOutcome), ("+A", .invalidOutcome), ("A + ", .invalidOutcome),
        ("A+B+A", .invalidOutcome),
    ])
    func emptyAndRepeatedComponents(_ name: String, _ code: MetaAnalysisError.Code) throws {
        let error = #expect(throws: MetaAnalysisError.self) { try structure([Treatment(name), "C"]) }
        #expect(error?.code == code)
        #expect(error?.message.contains(quoted(Treatment(name).name)) == true)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func settingsThatFitNoTreatment() throws {
        let names: [Treatment] = ["A", "A+B", "Placebo"]
        let calls: [() throws -> ComponentStructure] = [
            { try self.structure(names, inactive: "placebo") },
            { try self.structure(names, inactive: "A+B") },
            { try self.structure(names, separator: " ") },
            { try self.structure(names, interactions: [["A"]]) },
            { try self.structure(names, interactions: [["A", "A"]]) },
            { try self.structure(names, interactions: [["A", "X"]]) },
            { try self.structure(names, inactive: "Placebo", interactions: [["A", "Placebo"]]) },
            { try self.structure(names, interactions: [["A", "Placebo"]]) },
            { try self.structure(names, interactions: [["A", "B"], ["B", "A"]]) },
        ]
        for call in calls {
            let error = #expect(throws: MetaAnalysisError.self) { try call() }
            #expect(error?.code == .invalidSetting)
        }
        let unknown = #expect(throws: MetaAnalysisError.self) { try structure(names, inactive: "placebo") }
        #expect(unknown?.remedy.contains("\"Placebo\"") == true)
    }

    @Test func somethingMustBeActive() {
        let error = #expect(throws: MetaAnalysisError.self) { try structure(["P"], inactive: "P") }
        #expect(error?.code == .singularDesign)
    }
}
