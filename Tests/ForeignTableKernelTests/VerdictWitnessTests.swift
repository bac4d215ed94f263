import Glibc
import Intercept
import KernelRules
import KernelTestSupport
import NFTables
import Netfilter
import TestSupport
import Testing

/// The simulated verdicts against connections in the kernel, under random tables.
@Suite(.enabled(if: canUseKernel))
struct VerdictWitnessTests {
  @Test(arguments: 0..<60)
  func verdictIsTheKernels(seed: Int) throws {
    var random = RandomTables(seed: UInt64(seed))
    let script = random.script()
    let unknown = try withNamespace {
      try run("ip", "link", "add", "d0", "type", "veth", "peer", "name", "d1")
      try run("ip", "addr", "add", "10.1.0.1/24", "dev", "d0")
      try run("ip", "link", "set", "d1", "up")
      try run("ip", "link", "set", "d0", "up")
      try run("ip", "route", "add", "default", "dev", "d0")
      try run("nft", "-f", "-", input: script)
      var connection = try KernelConnection.open()
      let tables = try connection.nftRuleset()
      let listeners = try Self.ports.map { try Listener($0) }
      var context = HostContext()
      context.ownAddresses = ["10.1.0.1"].compactMap { IPAddress($0) }
      let tracer = Tracer(tables.iptablesTables(.ipv4), beside: tables, in: context)
      var unknown = 0
      for flow in Self.flows {
        let trace = tracer.trace(flow)
        let outcome = try Connection(to: flow.destination, listeners).outcome
        guard let expected = Outcome(trace, Self.ports) else {
          unknown += 1
          continue
        }
        #expect(outcome == expected, "\(script)\n\(trace.text())")
      }
      return unknown
    }
    #expect(unknown < Self.flows.count)
  }

  private static let ports: [UInt16] = [80, 81, 9999, 15001]

  private static let flows: [Flow] = ["10.1.0.1", "10.1.0.9", "127.0.0.1", "10.9.9.9"].flatMap { host in
    ["80", "81", "443"].compactMap { port in
      Endpoint("\(host):\(port)").map { end in
        var flow = Flow(.outbound, to: end)
        flow.owner = UserID(rawValue: 0).flatMap { user in
          GroupID(rawValue: 0).map { SocketOwner(user: user, group: $0) }
        }
        flow.interface = end.address.isLoopback || host == "10.1.0.1" ? .loopback : InterfaceName("d0")
        return flow
      }
    }
  }
}

/// The end of a connection attempt, as a client and the listeners see it.
private enum Outcome: Hashable {
  case connected(UInt16)
  case refused
  /// Dropped on this host, or sent to an address where no host is.
  case lost

  /// Nil if the verdict is unknown.
  init?(_ trace: Trace, _ ports: [UInt16]) {
    let end = Endpoint(trace.packet.destination, trace.packet.destinationPort)
    switch trace.verdict {
    case .unknown, .tproxy: return nil
    case .drop: self = .lost
    case .reject: self = .refused
    case .accept, .redirect, .dnat:
      let isOwn = end.address.isLoopback || "\(end.address)" == "10.1.0.1"
      self = !isOwn ? .lost : ports.contains(end.port.rawValue) ? .connected(end.port.rawValue) : .refused
    }
  }
}

/// A listening TCP socket on every address.
private final class Listener {
  let file: Int32
  let port: UInt16

  init(_ port: UInt16) throws {
    self.port = port
    file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_in.ipv4(0, port)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(bound == 0 && listen(file, 16) == 0)
  }

  deinit { close(file) }

  /// True if a connection was waiting; it is closed.
  func takesConnection() -> Bool {
    let taken = accept(file, nil, nil)
    if taken >= 0 { close(taken) }
    return taken >= 0
  }
}

/// One attempt to connect.
private struct Connection {
  let outcome: Outcome

  init(to end: Endpoint, _ listeners: [Listener]) throws {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    defer { close(file) }
    var address = sockaddr_in.ipv4(UInt32(truncatingIfNeeded: end.address.bits), end.port.rawValue)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0, errno != EINPROGRESS {
      outcome = errno == ECONNREFUSED ? .refused : .lost
      return
    }
    var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, 60) == 1 else {
      outcome = .lost
      return
    }
    var (error, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size)
    let port = listeners.first { $0.takesConnection() }?.port
    outcome = error == 0 ? port.map { .connected($0) } ?? .lost : .refused
  }
}

extension sockaddr_in {
  /// An address and port in host order.
  fileprivate static func ipv4(_ address: UInt32, _ port: UInt16) -> sockaddr_in {
    var result = sockaddr_in()
    result.sin_family = sa_family_t(AF_INET)
    result.sin_port = port.bigEndian
    result.sin_addr.s_addr = address.bigEndian
    return result
  }
}

/// Random tables of nf_tables. They accept replies, since a trace follows a connection's first packet only.
private struct RandomTables {
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  mutating func script() -> String {
    (0..<Int.random(in: 1...3, using: &random)).map { table($0) }.joined() + Self.conntrack
  }

  /// A rule that enables connection tracking, without which nat has no effect.
  private static let conntrack = """
    table ip tracking {
    chain c {
    type filter hook input priority 300
    ct state invalid counter
    }
    }

    """

  private mutating func table(_ number: Int) -> String {
    let family = random.pick("ip", "inet")
    return """
      table \(family) t\(number) {
      set hosts {
      type ipv4_addr
      flags interval
      elements = { 10.1.0.0/24, 127.0.0.1 }
      }
      map verdicts {
      type inet_service : verdict
      elements = { 80 : jump sub, 81 : \(random.pick("accept", "drop", "return")) }
      }
      chain sub {
      \(rules(isNAT: false))
      }
      \((0..<Int.random(in: 1...2, using: &random)).map { chain($0, family) }.joined(separator: "\n"))
      }

      """
  }

  private mutating func chain(_ number: Int, _ family: String) -> String {
    let isNAT = random.onceIn(2)
    let hook = isNAT ? "output" : random.pick("output", "input", "prerouting", "postrouting")
    let priority =
      isNAT ? random.pick(-110, -101, -100, -99, 50) : random.pick(-199, -190, -150, -50, 0, 10, 150)
    return """
      chain c\(number) {
      type \(isNAT ? "nat" : "filter") hook \(hook) priority \(priority)
      \(isNAT ? "" : "ct direction reply accept")
      \(rules(isNAT: isNAT, family))
      }
      """
  }

  private mutating func rules(isNAT: Bool, _ family: String = "ip") -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      let action = isNAT ? translation(family) : verdict()
      return ([match()] + (random.onceIn(3) ? [match()] : []) + ["counter", action]).joined(separator: " ")
    }.joined(separator: "\n")
  }

  private mutating func match() -> String {
    random.pick(
      "tcp dport 80", "tcp dport { 80, 443 }", "tcp dport != 81", "ip daddr 10.1.0.0/24", "ip daddr @hosts",
      "ip daddr != 127.0.0.1", "meta skuid 0", "meta skuid != 0", "oifname \"lo\"", "oifname \"d*\"",
      "meta mark 0x1", "ct state new", "meta l4proto tcp", "tcp dport 9999", "fib daddr type local",
      "ip daddr . tcp dport { 10.1.0.9 . 80, 127.0.0.1 . 443 }", "ip saddr 10.1.0.1", "iifname \"lo\"")
  }

  private mutating func verdict() -> String {
    random.pick(
      "accept", "drop", "return", "", "meta mark set 0x1", "tcp dport vmap { 80 : accept, 443 : drop }")
  }

  private mutating func translation(_ family: String) -> String {
    let words = family == "inet" ? "dnat ip" : "dnat"
    return random.pick(
      "meta l4proto tcp redirect to :9999", "meta l4proto tcp redirect to :81", "\(words) to 10.1.0.1",
      "meta l4proto tcp \(words) to 10.1.0.1:15001", "accept", "return", "drop", "")
  }
}
