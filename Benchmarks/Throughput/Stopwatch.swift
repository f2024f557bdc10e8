#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Seconds of all threads together, and seconds on the wall, of something done several times.
struct Stopwatch {
    private(set) var cpu: [Double] = []
    private(set) var wall: [Double] = []
    private var start = (cpu: 0.0, wall: 0.0)

    mutating func begin() { start = (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)) }

    /// - Parameter fits: how many were done since `begin()`.
    mutating func end(fits: Int) {
        cpu.append((seconds(CLOCK_PROCESS_CPUTIME_ID) - start.cpu) / Double(fits))
        wall.append((seconds(CLOCK_MONOTONIC) - start.wall) / Double(fits))
    }

    private func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

extension [Double] {
    var median: Double { sorted()[count / 2] }
}
