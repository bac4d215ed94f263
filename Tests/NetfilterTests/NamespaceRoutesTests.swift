import Glibc
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Lookups of routes, against sockets that connect.
@Suite(.enabled(if: canUseKernel))
struct NamespaceRoutesTests {
  private static let destinations: [IPFamily: String] = [.ipv4: "203.0.113.1", .ipv6: "2001:db8::1"]

  private static func addInterface() throws {
    try run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "p0")
    for address in ["10.1.0.1/24", "fd00:1::1/64"] {
      try run("ip", "addr", "add", address, "dev", "eth0", "nodad")
    }
    for interface in ["lo", "eth0", "p0"] { try run("ip", "link", "set", interface, "up") }
  }

  private static func answer(_ family: IPFamily) throws -> RouteAnswer {
    let address = try #require(IPAddress(destinations[family] ?? ""))
    var routes = try NamespaceRoutes(own: [])
    return try routes.answer(Flow(.outbound, to: Endpoint(address, 80)), to: address)
  }

  /// The error of a UDP socket's `connect()`, which looks up the route; 0 without one.
  private static func connectError(_ family: IPFamily) throws -> Int32 {
    let word = destinations[family] ?? ""
    let script =
      "import socket;s=socket.socket(socket.AF_INET\(family == .ipv4 ? "" : "6"),socket.SOCK_DGRAM);"
      + "print(s.connect_ex(('\(word)',80)))"
    return Int32(try run("python3", "-c", script).split(separator: "\n").first.map(String.init) ?? "") ?? -1
  }

  @Test(arguments: IPFamily.allCases)
  func theAnswerIsThatOfConnect(_ family: IPFamily) throws {
    let option = family == .ipv4 ? "-4" : "-6"
    let types: [(String, RouteFailure, Int32)] = [
      ("unreachable", .unreachable, EHOSTUNREACH), ("prohibit", .prohibited, EACCES),
      ("blackhole", .blackhole, EINVAL),
    ]
    try withNamespace {
      try Self.addInterface()
      #expect(try Self.answer(family) == .refused(.noRoute))
      #expect(try Self.connectError(family) == ENETUNREACH)
      for (type, failure, error) in types {
        try run("ip", option, "route", "add", type, "default")
        #expect(try Self.answer(family) == .refused(failure), "\(type)")
        #expect(try Self.connectError(family) == error, "\(type)")
        try run("ip", option, "route", "del", type, "default")
      }
      try run("ip", option, "route", "add", "default", "dev", "eth0")
      #expect(try Self.answer(family) == .sent(through: .eth0))
      #expect(try Self.connectError(family) == 0)
      try run("ip", option, "rule", "add", "uidrange", "0-0", "prohibit")
      #expect(try Self.answer(family) == .refused(.prohibited))
      try run("ip", option, "rule", "del", "uidrange", "0-0", "prohibit")
      try run("ip", "link", "set", "eth0", "down")
      #expect(try Self.answer(family) == .refused(.noRoute))
      #expect(try Self.connectError(family) == ENETUNREACH)
    }
  }

  /// A connection needs a route to its destination, and to the address to which the rules redirect it.
  @Test func aTraceNamesAMissingRoute() throws {
    try withNamespace {
      try Self.addInterface()
      var configuration = Configuration()
      configuration.outboundCIDRs = .all
      let rules = try #require(RulesetBuilder.build(configuration).first { $0.family == .ipv4 })
      let flow = Flow(.outbound, to: try #require(Endpoint("203.0.113.1:80")))
      func trace() throws -> Trace {
        var routes = try NamespaceRoutes(own: [])
        return try Tracer(rules).trace(flow) { try routes.answer(flow, to: $0) }
      }
      let lost = try trace()
      #expect(lost.port == 15001 && lost.missingRoute?.failure == .noRoute)
      try run("ip", "route", "add", "default", "dev", "eth0")
      #expect(try trace().missingRoute == nil)
      try run("ip", "link", "set", "lo", "down")
      let last = try trace()
      #expect(last.port == 15001 && last.missingRoute?.failure == .loopbackDown)
    }
  }
}
