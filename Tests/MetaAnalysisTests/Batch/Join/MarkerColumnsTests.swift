import Testing

@testable import MetaAnalysis

@Suite("Columns of markers")
struct MarkerColumnsTests {
    private func columns(
        _ header: String, _ assignments: [String: String] = [:], key: String = "SNP"
    ) throws -> MarkerColumns {
        let table = try Array((header + "\n").utf8).withUnsafeBufferPointer {
            try #require(try TableHeader($0, isLast: true, name: "a.txt")).table
        }
        return try MarkerColumns(table, key: key, assignments: assignments)
    }

    @Test("take a key of another name where one column goes by such a name") func otherKey() throws {
        let columns = try columns("chr,SNP,BETA,SE", key: "rsid")
        #expect(columns.key == 1)
        #expect(columns.notes == ["the keys are column SNP, as there is no column \"rsid\""])
        #expect(try self.columns("MarkerName,snp,BETA,SE", key: "SNP").key == 1)
        for (header, key) in [("SNP,id,BETA,SE", "rsid"), ("name,BETA,SE", "rsid"), ("SNP,BETA,SE", "gene")] {
            let error = try #require(throws: MetaAnalysisError.self) { _ = try self.columns(header, key: key) }
            #expect(error.code == .missingColumn && error.message.contains("there is no column \"\(key)\""))
            #expect(error.remedy == "give the column of the keys the same name in all files")
        }
    }

    @Test(
        "are found by the names of many programs",
        arguments: [
            ("SNP,A1,A2,BETA,SE", 3, 4), ("SNP,Allele1,Allele2,Freq1,Effect,StdErr,P", 4, 5),
            ("SNP,EA,NEA,beta,standard_error", 3, 4), ("SNP,effect_allele,other_allele,b,se", 3, 4),
            ("SNP,a1,a2,yi,sei", 3, 4), ("SNP,A1,A2,TE,seTE", 3, 4), ("SNP,A1,OMITTED,BETA,SE", 3, 4),
        ])
    func names(header: String, effect: Int, error: Int) throws {
        let columns = try columns(header)
        #expect(columns.effect == effect && columns.precision == .standardError(error) && !columns.isRatio)
        #expect(columns.alleles?.effect == 1 && columns.alleles?.other == 2 && columns.key == 0)
        #expect(columns.notes.isEmpty)
    }

    @Test("take logarithms of ratios, and say so") func ratios() throws {
        let ratio = try columns("SNP,A1,A2,OR,SE")
        #expect(ratio.isRatio && ratio.effect == 3 && ratio.notes.count == 1)
        let both = try columns("SNP,OR,BETA,SE")
        #expect(!both.isRatio && both.effect == 2 && both.notes.count == 1)
        let chosen = try columns("SNP,OR,BETA,SE", ["ratio": "OR"])
        #expect(chosen.isRatio && chosen.effect == 1)
        let effect = try #require(try ratio.effect(2, 0.5, .nan, level: 0.95))
        #expect(effect.estimate == 0.6931471805599453 && effect.variance == 0.25)
    }

    @Test("say which of several columns of alleles they take") func rivals() throws {
        let columns = try columns("SNP,A1,A2,EA,NEA,BETA,SE")
        #expect(columns.alleles?.effect == 1 && columns.alleles?.other == 2)
        #expect(
            columns.notes == [
                "the effect alleles are column A1, not column EA, whose name means the same",
                "the other alleles are column A2, not column NEA, whose name means the same",
            ])
        #expect(
            try self.columns("SNP,A1,A2,EA,NEA,BETA,SE", ["effect_allele": "EA", "other_allele": "NEA"]).notes == [])
    }

    @Test("take variances, standard errors and intervals") func precisions() throws {
        #expect(try columns("SNP,yi,vi,sei").precision == .variance(2))
        #expect(try columns("SNP,yi,vi,sei", ["sei": "sei"]).precision == .standardError(3))
        let interval = try columns("SNP,OR,L95,U95")
        #expect(interval.precision == .interval(lower: 2, upper: 3) && interval.numberColumns == [1, 2, 3])
        let effect = try #require(try interval.effect(2, 1, 4, level: 0.95))
        #expect(abs(effect.variance - 0.12506) < 1e-4)
        #expect(try columns("SNP,yi,vi").effect(1, 0.25, .nan, level: 0.95)?.variance == 0.25)
    }

    @Test("are missing where a number is") func missing() throws {
        let columns = try columns("SNP,BETA,L95,U95")
        for numbers in [(Double.nan, 1, 2), (1, .nan, 2), (1, 0, .nan)] as [(Double, Double, Double)] {
            #expect(try columns.effect(numbers.0, numbers.1, numbers.2, level: 0.95) == nil)
        }
    }

    @Test(
        "refuse what no row can have",
        arguments: [
            ("SNP,BETA,SE", [1, 0, 0], "SE"), ("SNP,BETA,SE", [1, -2, 0], "SE"), ("SNP,BETA,SE", [1, 1e-200, 0], "SE"),
            ("SNP,BETA,SE", [1, 1e200, 0], "SE"), ("SNP,yi,vi", [1, 0, 0], "vi"), ("SNP,OR,SE", [0, 1, 0], "OR"),
            ("SNP,OR,SE", [-1, 1, 0], "OR"), ("SNP,BETA,L95,U95", [1, 2, 0], "L95"),
            ("SNP,OR,L95,U95", [1, 0, 2], "L95"),
            ("SNP,BETA,L95,U95", [5, 1, 2], "BETA"),
        ])
    func refused(header: String, numbers: [Double], column: String) throws {
        let columns = try columns(header)
        let error = try #require(throws: MetaAnalysisError.self) {
            _ = try columns.effect(numbers[0], numbers[1], numbers[2], level: 0.95)
        }
        #expect(error.code == .invalidOutcome && !error.remedy.isEmpty)
        let index = try #require(columns.column(ofRole: error.location.column))
        #expect(header.split(separator: ",")[index] == column)
    }

    @Test(
        "say what is missing",
        arguments: [
            ("SNP,SE", "effects", "yi="), ("SNP,BETA", "standard errors", "sei="),
            ("SNP,A1,BETA,SE", "alleles", "effect_allele="),
            ("name,BETA,SE", "\"SNP\"", "the same name in all files"),
        ])
    func errors(header: String, message: String, remedy: String) throws {
        let error = try #require(throws: MetaAnalysisError.self) { _ = try columns(header) }
        #expect(error.code == .missingColumn && error.location.file == "a.txt")
        #expect(error.message.contains(message) && error.remedy.contains(remedy), "\(error)")
    }

    @Test(
        "are not two things at once",
        arguments: [
            (
                ["effect_allele": "A1", "other_allele": "A1"],
                "\"A1\" is taken for the effect allele and the other allele"
            ),
            (["effect_allele": "SNP"], "\"SNP\" is taken for the key and the effect allele"),
            (["yi": "SE"], "\"SE\" is taken for the effect and the standard error"),
            (["ci_low": "SE", "ci_high": "SE"], "\"SE\" is taken for the lower bound and the upper bound"),
        ])
    func twice(assignments: [String: String], message: String) throws {
        let error = try #require(throws: MetaAnalysisError.self) { _ = try columns("SNP,A1,A2,BETA,SE", assignments) }
        #expect(error.code == .invalidSetting && error.message.contains(message), "\(error)")
    }

    @Test("can be switched off") func off() throws {
        #expect(try columns("SNP,A1,BETA,SE", ["effect_allele": ""]).alleles == nil)
        #expect(try columns("SNP,A1,A2,BETA,SE", ["effect_allele": "", "a2": ""]).alleles == nil)
    }
}
