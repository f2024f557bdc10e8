import Testing

@Suite struct RExpressionTests {
    @Test func callsWithNamesAndNumbers() throws {
        let call = try RExpression(
            #"escalc(measure="RR", ai=t.pos, add=1/2, to="only0", drop00=c(TRUE, FALSE), data=dat)"#)
        #expect(call.function == "escalc")
        #expect(call["measure"]?.text == "RR")
        #expect(call["ai"]?.name == "t.pos")
        #expect(call["add"]?.number == 0.5)
        #expect(call["drop00"]?.elements.map(\.logical) == [true, false])
        #expect(call["vtype"] == nil)
    }

    @Test func positionsAndNests() throws {
        let call = try RExpression("predict(rma(yi, vi, control=list(tol=1e-12)), predtype='riley')")
        #expect(call.positional.count == 1)
        #expect(call.positional[0].positional == [.name("yi"), .name("vi")])
        #expect(call.positional[0]["control"]?["tol"]?.number == 1e-12)
        #expect(call["predtype"]?.text == "riley")
    }

    @Test func operatorsByPrecedence() throws {
        #expect(try RExpression("1 + 2 * 3 - 4 / 2").number == 5)
        #expect(try RExpression("-(1 - 4)").number == 3)
        #expect(try RExpression("8 / 2 / 2").number == 2)
        #expect(
            try RExpression("1/sqrt(vi)")
                == .operation("/", .number(1), .call("sqrt", [RExpression.Argument(value: .name("vi"))])))
        #expect(try RExpression(#"alloc=="random""#) == .operation("==", .name("alloc"), .text("random")))
        #expect(try RExpression("dat <- f()") == .operation("<-", .name("dat"), .call("f", [])))
        #expect(try RExpression("~ a + b") == .operation("~", .null, .operation("+", .name("a"), .name("b"))))
    }

    @Test func numbersAndStrings() throws {
        #expect(try RExpression("1e-18").number == 1e-18)
        #expect(try RExpression(".5").number == 0.5)
        #expect(try RExpression("10000L").number == 10000)
        #expect(try RExpression(#""a \"b\"""#).text == #"a "b""#)
    }

    @Test(arguments: ["f(", "f(a", "1 +", "f(a b)", "\"open", "a ? b", ")"])
    func otherTextIsRefused(_ text: String) {
        #expect(throws: RExpression.SyntaxError.self) { try RExpression(text) }
    }
}
