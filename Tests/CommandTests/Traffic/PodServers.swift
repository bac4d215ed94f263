import Dispatch
import TestSupport

extension PodWorld {
  /// Sets the proxy and the server outside going, and returns when they listen. They go on until it is over.
  func startServers(_ group: DispatchGroup, _ tally: Tally) {
    let places: [(HeldNamespace, EchoServer.Name, UInt16)] = [(pod, .proxy, 15001), (outside, .outside, 80)]
    let areListening = DispatchSemaphore(value: 0)
    for (place, name, port) in places {
      Self.run(in: place, group, tally) {
        var server = try EchoServer(name, port: port)
        areListening.signal()
        server.run { tally.isOver }
      }
    }
    for _ in places where areListening.wait(timeout: .now() + 60) == .timedOut {
      tally.fail("server", "not there")
    }
  }

  /// Runs a body in a thread of its own in a namespace.
  static func run(
    in namespace: HeldNamespace, _ group: DispatchGroup, _ tally: Tally,
    _ body: @escaping @Sendable () throws -> Void
  ) {
    DispatchQueue.global().async(group: group) {
      do {
        try namespace.run(body)
      } catch {
        tally.fail("thread", "\(error)")
      }
    }
  }
}
