import Testing

@testable import MetaAnalysis

@Suite("Alleles written as numbers")
struct AlleleCodingTests {
    private static let header = "SNP,A1,A2,BETA,SE\n"
    private static let letters =
        header + "rs1,A,G,0.12,0.04\nrs2,C,T,-0.08,0.05\nrs3,G,A,0.05,0.03\nrs4,T,C,0.2,0.06\n"
    /// The same markers, rs2 with its alleles exchanged and rs3 on the other strand.
    private static let numbers =
        header + "rs1,1,3,0.1,0.05\nrs2,4,2,0.05,0.04\nrs3,2,4,0.07,0.05\nrs4,4,2,0.15,0.05\n"

    @Test("are A, C, G and T, in either order of the files", arguments: [false, true])
    func bases(isFirst: Bool) throws {
        let files = try CohortFiles(isFirst ? [Self.numbers, Self.letters] : [Self.letters, Self.numbers])
        let (letters, numbers) = isFirst ? (1, 0) : (0, 1)
        #expect(files.leftOut.otherAllelesCount == 0)
        #expect(files.join.cohorts[numbers].numberedCount == 4 && files.join.cohorts[letters].numberedCount == 0)
        let effects = (0..<4).map { files.join.effect(of: $0, in: 1) }
        #expect(effects == (isFirst ? [0.12, 0.08, 0.05, 0.2] : [0.1, -0.05, 0.07, 0.15]))
        #expect(files.join.cohorts[1].swappedCount == 1 && files.join.cohorts[1].turnedCount == 1)
        let first = try #require(files.join.alleles(of: 0))
        #expect(String(decoding: first.effect + first.other, as: UTF8.self) == "AG")
        try files.join.checkAlleleCoding()
    }

    @Test("may stand beside alleles of several letters") func mixed() throws {
        let files = try CohortFiles([
            Self.header + "a,1,3,1,1\nb,AT,A,1,1\nc,12,1,1,1\n", Self.header + "a,G,A,1,1\nb,A,AT,1,1\nc,12,A,1,1\n",
        ])
        #expect((0..<3).map { files.join.effect(of: $0, in: 1) } == [-1, -1, 1])
        #expect(files.join.cohorts[0].numberedCount == 2)
    }

    @Test("are refused where they may be names: 1 and 2 alone beside other alleles") func names() throws {
        let names = Self.header + "rs1,1,2,1,1\nrs2,2,1,1,1\n"
        for others in [Self.letters, Self.numbers] {
            for texts in [[names, others], [others, names]] {
                let join = try CohortFiles(texts).join
                let error = try #require(throws: MetaAnalysisError.self) { try join.checkAlleleCoding() }
                #expect(error.location.file == "\(texts[0] == names ? 0 : 1).txt")
                #expect(error.message.contains("1 and 2") && error.remedy == "write the alleles as letters")
            }
        }
        // By themselves they mean the same in all files, whatever that is.
        let join = try CohortFiles([names, names]).join
        try join.checkAlleleCoding()
        #expect(join.cohorts[1].joinedCount == 2)
    }

    @Test("are not missing values, which are 0") func missing() throws {
        let files = try CohortFiles([Self.header + "a,0,3,1,1\nb,1,3,1,1\n"])
        #expect(files.join.cohorts[0].missingCount == 1 && files.join.cohorts[0].joinedCount == 1)
    }
}
