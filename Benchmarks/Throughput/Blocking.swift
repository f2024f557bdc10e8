import Dispatch

/// Waits for work of several threads. The program itself is not asynchronous, so that one thread is all there is where one is
/// asked for: valgrind 3.19 dies of an asynchronous main.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let box = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Task {
        do { box.result = .success(try await work()) } catch { box.result = .failure(error) }
        done.signal()
    }
    done.wait()
    guard let result = box.result else { fatalError("the work ended without a result") }
    return try result.get()
}

/// Written before the signal, read after it.
private final class Box<Value>: @unchecked Sendable {
    var result: Result<Value, any Error>?
}
