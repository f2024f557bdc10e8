/// Processes items on several threads and returns them in the order in which they were added.
///
/// The thread that owns it counts as one of them: it processes items instead of waiting.
final class OrderedThreads<Item: AnyObject & Sendable> {
    private let queue: WorkQueue<Item>
    private var threads: [Platform.Thread] = []
    private let limit: Int

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: number of threads, including that of the owner; at least 1.
    ///   - work: function that processes an item.
    init(count: Int, _ work: @escaping @Sendable (Item) -> Void) {
        let queue = WorkQueue(work)
        self.queue = queue
        limit = count == 1 ? 0 : count + 1
        for _ in 1..<max(1, count) {
            // If the system gives fewer threads than requested, those process all items.
            guard let thread = Platform.Thread({ queue.workUntilClosed() }) else { break }
            threads.append(thread)
        }
    }

    deinit {
        queue.close()
        for thread in threads { thread.join() }
    }

    func add(_ item: Item) { queue.add(item) }

    /// Returns the first item after it was processed; `nil` if there is room for more items, or if there is none.
    ///
    /// - Parameter all: whether no more items will be added.
    func next(all: Bool = false) -> Item? {
        guard queue.count > (all ? 0 : limit) else { return nil }
        return queue.takeFirst()
    }
}

/// A queue of items that are waiting, in progress, or done.
private final class WorkQueue<Item: AnyObject & Sendable>: @unchecked Sendable {
    private let work: @Sendable (Item) -> Void
    private let monitor = Platform.Monitor()
    /// All items, in the order in which they were added.
    private var items: [Item] = []
    /// Number of items, from the first on, that were begun.
    private var begun = 0
    private var done: Set<ObjectIdentifier> = []
    private var isClosed = false

    init(_ work: @escaping @Sendable (Item) -> Void) { self.work = work }

    var count: Int { monitor.locked { items.count } }

    func add(_ item: Item) {
        monitor.locked {
            items.append(item)
            monitor.notify()
        }
    }

    func close() {
        monitor.locked {
            isClosed = true
            monitor.notify()
        }
    }

    func workUntilClosed() {
        while true {
            let item: Item? = monitor.locked {
                while !isClosed, begun == items.count { monitor.wait() }
                return isClosed ? nil : begin()
            }
            guard let item else { return }
            finish(item)
        }
    }

    /// Returns the first item after it was processed; until then the thread processes other items or waits.
    func takeFirst() -> Item {
        while true {
            let (first, open): (Item?, Item?) = monitor.locked {
                while true {
                    if done.remove(ObjectIdentifier(items[0])) != nil {
                        begun -= 1
                        return (items.removeFirst(), nil)
                    }
                    if begun < items.count { return (nil, begin()) }
                    monitor.wait()
                }
            }
            if let first { return first }
            if let open { finish(open) }
        }
    }

    private func begin() -> Item {
        begun += 1
        return items[begun - 1]
    }

    private func finish(_ item: Item) {
        work(item)
        monitor.locked {
            done.insert(ObjectIdentifier(item))
            monitor.notify()
        }
    }
}
