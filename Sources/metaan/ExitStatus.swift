/// The exit status of the process; the numbers are those of `sysexits.h`.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    /// The command line is wrong.
    case usage = 64
    /// The data are invalid.
    case dataWrong = 65
    /// The input does not exist or cannot be read.
    case noInput = 66
    /// A numerical failure, or a fault of the program.
    case failure = 70
    /// The output file cannot be created.
    case cannotCreate = 73
    /// The output cannot be written.
    case cannotWrite = 74
    case interrupted = 130
}
