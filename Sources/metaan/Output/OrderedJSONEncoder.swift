/// Writes encodable values as JSON that is readable and stable.
///
/// Keys are in the order in which the value encodes them. `nil` and numbers that are not finite are written as `null`, so no key is
/// missing. Numbers have the fewest digits that read back to the same value. Objects have one key on each line, indented by two spaces per
/// level; a list of plain values that fits is on one line.
struct OrderedJSONEncoder {
    /// Greatest length, in characters, of a list of plain values on one line.
    var lineLimit = 100

    func encode(_ value: some Encodable) throws -> String {
        var text = ""
        try JSONValue(encoding: value, path: []).write(to: &text, indent: 0, lineLimit: lineLimit)
        return text + "\n"
    }
}

/// A JSON document that keeps the order of its keys.
private indirect enum JSONValue {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    init(encoding value: some Encodable, path: [any CodingKey]) throws {
        switch value {
        case let value as Double: self = value.isFinite ? .number("\(value)") : .null
        case let value as Float: self = value.isFinite ? .number("\(value)") : .null
        case let value as Bool: self = .bool(value)
        case let value as String: self = .string(value)
        case let value as any BinaryInteger & Encodable: self = .number("\(value)")
        default:
            let slot = Slot()
            try value.encode(to: ValueEncoder(slot: slot, codingPath: path))
            self = slot.value
        }
    }

    private var isPlain: Bool {
        switch self {
        case .null, .bool, .number, .string: true
        case .array, .object: false
        }
    }

    func write(to text: inout String, indent: Int, lineLimit: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let value): Self.write(value, to: &text)
        case .array(let items) where items.isEmpty: text += "[]"
        case .object(let members) where members.isEmpty: text += "{}"
        case .array(let items):
            if items.allSatisfy(\.isPlain) {
                var line = "["
                for (index, item) in items.enumerated() {
                    if index > 0 { line += ", " }
                    item.write(to: &line, indent: indent, lineLimit: lineLimit)
                }
                line += "]"
                if line.utf8.count <= lineLimit {
                    text += line
                    return
                }
            }
            text += "["
            for (index, item) in items.enumerated() {
                Self.startLine(index, indent, &text)
                item.write(to: &text, indent: indent + 2, lineLimit: lineLimit)
            }
            text += "\n" + String(repeating: " ", count: indent) + "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                Self.startLine(index, indent, &text)
                Self.write(member.key, to: &text)
                text += ": "
                member.value.write(to: &text, indent: indent + 2, lineLimit: lineLimit)
            }
            text += "\n" + String(repeating: " ", count: indent) + "}"
        }
    }

    private static func startLine(_ index: Int, _ indent: Int, _ text: inout String) {
        text += (index > 0 ? ",\n" : "\n") + String(repeating: " ", count: indent + 2)
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// A slot for a value, which may be filled after the container that holds it was returned.
private final class Slot {
    private enum Kind { case value, array, object }

    private var kind = Kind.object
    private var plain = JSONValue.null
    private var items: [Slot] = []
    private var members: [(key: String, slot: Slot)] = []

    var value: JSONValue {
        switch kind {
        case .value: plain
        case .array: .array(items.map(\.value))
        case .object: .object(members.map { ($0.key, $0.slot.value) })
        }
    }

    var count: Int { items.count }

    func set(_ value: JSONValue) {
        kind = .value
        plain = value
    }

    func becomeObject() { kind = .object }

    func becomeArray() { kind = .array }

    /// Returns the slot of a key; keys are in the order in which they first appear.
    func member(_ key: String) -> Slot {
        if let known = members.first(where: { $0.key == key }) { return known.slot }
        let slot = Slot()
        members.append((key, slot))
        return slot
    }

    func appended() -> Slot {
        let slot = Slot()
        items.append(slot)
        return slot
    }
}

private struct ValueEncoder: Encoder {
    let slot: Slot
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        slot.becomeObject()
        return KeyedEncodingContainer(KeyedContainer<Key>(slot: slot, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        slot.becomeArray()
        return UnkeyedContainer(slot: slot, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleValueContainer(slot: slot, codingPath: codingPath)
    }
}

private struct SingleValueContainer: SingleValueEncodingContainer {
    let slot: Slot
    let codingPath: [any CodingKey]

    func encodeNil() throws { slot.set(.null) }
    func encode<Value: Encodable>(_ value: Value) throws { slot.set(try JSONValue(encoding: value, path: codingPath)) }
}

private struct UnkeyedContainer: UnkeyedEncodingContainer {
    let slot: Slot
    let codingPath: [any CodingKey]
    var count: Int { slot.count }

    func encodeNil() throws { slot.appended().set(.null) }
    func encode<Value: Encodable>(_ value: Value) throws {
        slot.appended().set(try JSONValue(encoding: value, path: codingPath))
    }

    private func nested() -> ValueEncoder { ValueEncoder(slot: slot.appended(), codingPath: codingPath) }
    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        nested().container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    func superEncoder() -> any Encoder { nested() }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: Slot
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) throws { slot.member(key.stringValue).set(.null) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        slot.member(key.stringValue).set(try JSONValue(encoding: value, path: codingPath + [key]))
    }

    // The methods are written out for each type. With only a generic method, those of the standard library, which skip `nil`, would remain
    // in use.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeOrNull(value, key) }
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try encodeOrNull(value, key) }

    private func encodeOrNull(_ value: (some Encodable)?, _ key: Key) throws {
        if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    private func nested(_ key: any CodingKey) -> ValueEncoder {
        ValueEncoder(slot: slot.member(key.stringValue), codingPath: codingPath + [key])
    }
    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { ValueEncoder(slot: slot.member("super"), codingPath: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }
}
