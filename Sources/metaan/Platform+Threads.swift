#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Platform {
    /// A thread of the system. It blocks the signals of interruption, so that `uninterrupted` holds for the whole program.
    struct Thread: @unchecked Sendable {
        private let identifier: pthread_t

        /// Starts a thread; `nil` if the system has no more threads.
        init?(_ body: @escaping @Sendable () -> Void) {
            let context = Unmanaged.passRetained(Body(body))
            #if canImport(Glibc)
                var created = pthread_t()
            #else
                var created: pthread_t?
            #endif
            let status = Platform.uninterrupted {
                pthread_create(
                    &created, nil,
                    { context in
                        let context = context as UnsafeMutableRawPointer?
                        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                        return nil
                    }, context.toOpaque())
            }
            guard status == 0 else {
                context.release()
                return nil
            }
            #if canImport(Glibc)
                identifier = created
            #else
                guard let created else { return nil }
                identifier = created
            #endif
        }

        func join() { pthread_join(identifier, nil) }

        private final class Body: Sendable {
            let run: @Sendable () -> Void

            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
    }

    /// A lock with a condition: threads can wait for changes of the data that it protects.
    final class Monitor: @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

        init() {
            mutex.initialize(to: pthread_mutex_t())
            change.initialize(to: pthread_cond_t())
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(change, nil)
        }

        deinit {
            pthread_cond_destroy(change)
            pthread_mutex_destroy(mutex)
            change.deallocate()
            mutex.deallocate()
        }

        func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body()
        }

        /// Releases the lock until another thread notifies; call it within `locked`.
        func wait() { pthread_cond_wait(change, mutex) }

        /// Wakes all waiting threads; call it within `locked`.
        func notify() { pthread_cond_broadcast(change) }
    }
}
