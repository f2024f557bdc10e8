import Foundation
import Testing

@testable import metaan

@Suite struct OrderedJSONEncoderTests {
    private func json(_ value: some Encodable) throws -> String { try OrderedJSONEncoder().encode(value) }

    private struct Everything: Encodable {
        var zebra = 1
        var apple = "x"
        var missing: Double?
        var noInteger: Int?
        var noFlag: Bool?
        var noText: String?
        var noSmall: Float?
        var noByte: UInt8?
        var noList: [Int]?
        var notANumber = Double.nan
        var infinite = -Double.infinity
        var yes = true
        var number = 0.1
    }

    @Test func keysKeepTheirOrderAndNothingIsMissing() throws {
        let expected = """
            {
              "zebra": 1,
              "apple": "x",
              "missing": null,
              "noInteger": null,
              "noFlag": null,
              "noText": null,
              "noSmall": null,
              "noByte": null,
              "noList": null,
              "notANumber": null,
              "infinite": null,
              "yes": true,
              "number": 0.1
            }

            """
        #expect(try json(Everything()) == expected)
    }

    /// Every way in which the standard library encodes an optional property ends in `encodeIfPresent`.
    @Test func everyKindOfOptionalIsNull() throws {
        struct Widths: Encodable {
            var a: Int8?, b: Int16?, c: Int32?, d: Int64?, e: UInt?, f: UInt16?, g: UInt32?, h: UInt64?
        }
        let object = try #require(JSONSerialization.jsonObject(with: Data(json(Widths()).utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["a", "b", "c", "d", "e", "f", "g", "h"])
        #expect(object.values.allSatisfy { $0 is NSNull })
    }

    @Test(arguments: [
        0.1, 1.0, -0.0, 1e16, 1e-5, .leastNonzeroMagnitude, 1.7976931348623157e308, 123456789.123456789, 1e22,
        -2.5e-300, 13, 1 / 3.0,
    ])
    func numbersAreValidAndReadBackExactly(number: Double) throws {
        let text = try json(number).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil)
        let read = try JSONDecoder().decode([Double].self, from: Data("[\(text)]".utf8))
        #expect(read[0].bitPattern == number.bitPattern)
    }

    @Test func shortestFormOverManyNumbers() throws {
        var state: UInt64 = 7
        var wrong: [Double] = []
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Double(bitPattern: state)
            guard number.isFinite else { continue }
            let text = try json([number])
            if try JSONDecoder().decode([Double].self, from: Data(text.utf8)) != [number] { wrong.append(number) }
        }
        #expect(wrong == [])
    }

    @Test(arguments: [
        ("plain", "\"plain\""), ("quote\" back\\slash", "\"quote\\\" back\\\\slash\""),
        ("line\nreturn\rtab\t", "\"line\\nreturn\\rtab\\t\""), ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\\u007f\""),
        ("a/b", "\"a/b\""), ("τ² 田中 👩‍🔬", "\"τ² 田中 👩‍🔬\""), ("\r\n", "\"\\r\\n\""), ("", "\"\""),
    ])
    func strings(text: String, expected: String) throws {
        #expect(try json(text) == expected + "\n")
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(expected)]".utf8)) == [text])
    }

    @Test func shortListsOfPlainValuesStandOnOneLine() throws {
        #expect(try json([1.5, .nan, 2]) == "[1.5, null, 2.0]\n")
        #expect(try json([Int]()) == "[]\n")
        #expect(try json([String: Int]()) == "{}\n")
        #expect(try json([["a": [1, 2]]]) == "[\n  {\n    \"a\": [1, 2]\n  }\n]\n")
        let long = (0..<60).map { $0 }
        #expect(try json(long).hasPrefix("[\n  0,\n  1,\n"))
        #expect(try json([[1], [2]]) == "[\n  [1],\n  [2]\n]\n")
    }

    @Test func nestedContainersAndSuperEncodersKeepTheirPlace() throws {
        struct Nested: Encodable {
            enum Keys: String, CodingKey { case first, list, inner, base, last }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                try container.encode(1, forKey: .first)
                var list = container.nestedUnkeyedContainer(forKey: .list)
                try container.encode(9, forKey: .last)
                try list.encode(2)
                try list.encodeNil()
                var item = list.nestedContainer(keyedBy: Keys.self)
                try item.encode("x", forKey: .inner)
                #expect(list.count == 3)
                var inner = list.nestedUnkeyedContainer()
                try inner.encode(true)
                var base = container.superEncoder(forKey: .base).singleValueContainer()
                try base.encode(0.5)
            }
        }
        let expected = """
            {
              "first": 1,
              "list": [
                2,
                null,
                {
                  "inner": "x"
                },
                [true]
              ],
              "last": 9,
              "base": 0.5
            }

            """
        #expect(try json(Nested()) == expected)
    }

    @Test func enumerationsAreTheirCodes() throws {
        enum Code: String, Encodable { case one = "first one" }
        #expect(try json(["code": Code.one]) == "{\n  \"code\": \"first one\"\n}\n")
    }
}
