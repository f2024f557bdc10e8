import ArgumentParser

/// The words of a command line, prepared so that the parser loses none of them.
///
/// The parser keeps only the last value of a repeated option, and mistakes a value such as -0.1 for an option. Here the values of a
/// repeated option are joined if the option holds a list or a sum, kept if the option may be repeated, and rejected otherwise. A value that
/// begins with a minus is joined to its option, as in `--target=-0.1`.
struct CommandLineWords {
    private let kinds: OptionKinds
    private var words: [String] = []
    /// First position of each option, with its value.
    private var seen: [String: (place: Int, value: String)] = [:]

    /// Separators of the values of options that hold a list or a sum.
    private static let separators = ["--columns": ",", "--moderators": " + "]
    private static let longNames = ["-o": "--output", "-h": "--help"]

    /// Prepares the arguments for the parser.
    ///
    /// - Parameter arguments: arguments without the name of the program.
    /// - Returns: Arguments for the parser.
    /// - Throws: `CommandFailure` (usage) for an option that takes one value and occurs more than once.
    static func prepared(_ arguments: [String]) throws -> [String] {
        guard mayLoseAValue(arguments) else { return arguments }
        let commands = Metaan.configuration.subcommands
        guard let command = commands.first(where: { $0.configuration.commandName == arguments.first }) else {
            return arguments
        }
        var line = CommandLineWords(kinds: OptionKinds(of: command))
        try line.read(arguments)
        return line.words
    }

    /// Returns whether an option is repeated or a value may begin with a minus. This is checked first, because finding the kinds of all
    /// options is costly.
    private static func mayLoseAValue(_ arguments: [String]) -> Bool {
        var names: Set<String> = []
        for word in arguments where word.hasPrefix("-") && word != "-" {
            guard let name = word.hasPrefix("--") ? String(word.prefix { $0 != "=" }) : longNames[word] else {
                return true
            }
            if !names.insert(name).inserted { return true }
        }
        return false
    }

    private init(kinds: OptionKinds) { self.kinds = kinds }

    private mutating func read(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--" {
                words += [word] + rest
                return
            }
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = word.hasPrefix("--") ? sides[0] : Self.longNames[word], !kinds.flags.contains(name) else {
                words.append(word)
                continue
            }
            if word.hasPrefix("--"), sides.count == 2 {
                try add(name, sides[1])
            } else if let next = rest.first, Self.isValue(next) {
                rest.removeFirst()
                try add(name, next)
            } else {
                words.append(word)
            }
        }
    }

    private mutating func add(_ name: String, _ value: String) throws {
        guard !kinds.repeatable.contains(name) else {
            words += value.hasPrefix("-") ? ["\(name)=\(value)"] : [name, value]
            return
        }
        guard let first = seen[name] else {
            seen[name] = (words.count, value)
            words.append("\(name)=\(value)")
            return
        }
        guard let separator = Self.separators[name] else {
            throw CommandFailure(
                .usage, "\(name) stands more than once, and takes one value: \(first.value) or \(value); give it once")
        }
        let combined = first.value + separator + value
        seen[name] = (first.place, combined)
        words[first.place] = "\(name)=\(combined)"
    }

    /// Returns whether a word after an option is its value, that is, not an option itself. No option is a minus followed by more than one
    /// letter.
    private static func isValue(_ word: String) -> Bool { !word.hasPrefix("--") && longNames[word] == nil }
}

/// The kinds of the options of a command, found from the types of their values.
struct OptionKinds {
    /// Options without a value.
    private(set) var flags: Set<String> = []
    /// Options that may be repeated, each time with a value.
    private(set) var repeatable: Set<String> = []

    init(of command: any ParsableCommand.Type) { add(Mirror(reflecting: command.init())) }

    private mutating func add(_ arguments: Mirror) {
        for child in arguments.children {
            switch child.value {
            case let group as any OptionGroupValue: add(Mirror(reflecting: type(of: group).arguments.init()))
            case is any FlagValue: flags.insert(Self.name(child.label))
            case is Option<[String]>: repeatable.insert(Self.name(child.label))
            default: break
            }
        }
    }

    /// Returns the option of a property: the stored name "_alsoCommon" is the option "--also-common".
    private static func name(_ label: String?) -> String {
        (label ?? "").drop { $0 == "_" }.reduce(into: "--") { name, letter in
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }
}

/// A protocol of all flags, whatever their values.
private protocol FlagValue {}
extension Flag: FlagValue {}

/// A protocol of all groups of options, whatever they contain.
private protocol OptionGroupValue {
    static var arguments: any ParsableArguments.Type { get }
}
extension OptionGroup: OptionGroupValue {
    static var arguments: any ParsableArguments.Type { Value.self }
}
