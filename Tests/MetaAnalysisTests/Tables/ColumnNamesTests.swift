import Testing

@testable import MetaAnalysis

@Suite("Names of columns")
struct ColumnNamesTests {
    @Test("are folded, and name one role of a kind only", arguments: OutcomeKind.allCases)
    func aliases(kind: OutcomeKind) {
        for roles in kind.roles {
            let names = roles.flatMap { ColumnNames.of($0, in: kind) }
            #expect(Set(names).count == names.count)
            for name in names { #expect(ColumnNames.folded(name) == name) }
        }
    }

    @Test("ignore case and what parts their words", arguments: ["event.e", "Event E", "EVENT-E", "event_e"])
    func folded(name: String) {
        #expect(ColumnNames.folded(name) == "event_e")
        #expect(ColumnNames.of(.ai, in: .twoByTwo).contains("event_e"))
    }

    @Test("list every role once") func roleList() {
        let roles = ColumnNames.roleList.split(separator: ", ").map(String.init)
        #expect(
            roles.starts(with: [
                "study", "outcome", "timepoint", "group", "cluster", "ai", "bi", "ci", "di", "n1i", "n2i",
            ]))
        #expect(Set(roles).count == roles.count)
        #expect(ColumnNames.known.isSuperset(of: roles))
    }
}

@Suite("Columns found by role")
struct ColumnFinderTests {
    let table: Table

    init() throws { table = try Table(csv: "Trial,author,n,N,x\n1,2,3,4,5\n", name: "t.csv") }

    @Test("are the first by name, with the others as rivals") func byName() throws {
        let finder = try ColumnFinder(table, assignments: [:])
        #expect(finder.structure("study") == 1)
        #expect(finder.structure("group") == nil)
        let match = try #require(finder.match(["ni", "n"]))
        #expect(match.column == 2 && match.rivals == [3] && match.name == "n")
        #expect(finder.match(["ni"])?.column == nil)
    }

    @Test("are those assigned, whatever the table calls them") func assigned() throws {
        let finder = try ColumnFinder(table, assignments: ["Event.E": " X ", "n": "N", "study": ""])
        #expect(finder.match(["ai", "event_e"])?.column == 4)
        let match = try #require(finder.match(["ni", "n"]))
        #expect(match.column == 3 && match.rivals.isEmpty)
        #expect(finder.structure("study") == nil)
        #expect(finder.isAssigned(["n"]) && !finder.isAssigned(["ni"]))
    }

    @Test("are refused for an unknown role or column") func refused() {
        let role = #expect(throws: MetaAnalysisError.self) { try ColumnFinder(table, assignments: ["zi": "x"]) }
        #expect(role?.code == .invalidSetting)
        #expect(
            role?.description.contains(
                "no column role \"zi\"; take one of study, outcome, timepoint, group, cluster, ai") == true)
        let column = #expect(throws: MetaAnalysisError.self) { try ColumnFinder(table, assignments: ["ai": "y"]) }
        #expect(column?.code == .missingColumn)
        #expect(column?.description.contains("\"y\"; take one of \"Trial\", \"author\", \"n\", \"N\", \"x\"") == true)
    }
}
