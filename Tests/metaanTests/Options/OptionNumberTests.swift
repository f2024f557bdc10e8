import Testing

@testable import metaan

@Suite struct OptionNumberTests {
    @Test func decimalNumbersAlone() throws {
        #expect(try Double(option: "-0.5") == -0.5)
        #expect(try Double(option: "2e-3") == 0.002)
        for text in ["0x1p3", "inf", "-infinity", "nan", "NA", "", "1,5", "1e999"] {
            #expect(throws: (any Error).self, "\(text)") { try Double(option: text) }
        }
    }

    @Test func everyOptionOfANumber() throws {
        for option in ["--level", "--tau2", "--correction", "--reported-level"] {
            for value in ["0x1p-1", "nan"] {
                let run = try CommandRun("pool", "bcg", "--measure", "RR", option, value)
                #expect(run.status == 64 && run.errors.contains(option) && run.errors.contains("decimal"))
            }
        }
        #expect(try CommandRun("bias", "bcg", "--target", "inf").status == 64)
        #expect(try CommandRun("bias", "bcg", "--selection", "stepfun:0x1p-5").status == 64)
        #expect(try CommandRun("regress", "bcg", "--moderators", "ablat", "--at", "ablat=0x10").status == 64)
        #expect(
            try CommandRun("bias", "bcg", "--measure", "RR", "--fail-safe", "orwin", "--target", "-0.1").status == 0)
    }
}
