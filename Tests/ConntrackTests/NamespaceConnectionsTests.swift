import Glibc
import Intercept
import KernelTestSupport
import Sockets
import TestSupport
import Testing

/// Connected sockets; `ss` is the witness.
@Suite(.enabled(if: canUseKernel))
struct NamespaceConnectionsTests {
  @Test func socketsAreThoseOfSS() throws {
    try withNamespace {
      let connections = LocalConnections()
      for isIPv6 in [false, true] {
        try connections.listen(8080, isIPv6: isIPv6)
        for _ in 0..<1000 { try connections.connect(8080, isIPv6: isIPv6) }
      }
      let listed = try run("ss", "-tnH", "state", "connected", "exclude", "time-wait").split(separator: "\n")
      let witness = Set(listed.map { $0.split(separator: " ").suffix(2).joined(separator: " ") })
      let sockets = try NamespaceConnections.read().sockets
      #expect(witness.count == 4000)
      #expect(Set(sockets.map { "\($0.local) \($0.remote)" }) == witness)
      #expect(sockets.count == listed.count)
      #expect(try NamespaceConnections.count() == 2000)
      let clients = sockets.filter { $0.remote.port == 8080 }
      #expect(clients.allSatisfy { $0.processes.map(\.id) == [getpid()] && $0.user?.rawValue == getuid() })
      #expect(clients.allSatisfy { $0.state == .established })
      #expect(clients.contains { ($0.sentBytes ?? 0) >= 1 })
    }
  }

  @Test func aConnectionWithoutAnswerIsInSynSent() throws {
    try withNamespace {
      try run("ip", "link", "add", "eth0", "type", "veth", "peer", "eth1")
      try run("ip", "address", "add", "10.0.0.1/24", "dev", "eth0")
      for link in ["eth0", "eth1"] { try run("ip", "link", "set", link, "up") }
      try run("ip", "neighbour", "add", "10.0.0.9", "lladdr", "02:00:00:00:00:01", "dev", "eth0")
      let destination = try #require(Endpoint("10.0.0.9:80"))
      let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
      defer { close(file) }
      #expect(destination.withSystemForm { connect(file, $0, $1) } == -1)
      let sockets = try NamespaceConnections.read().sockets
      #expect(sockets.map(\.state) == [.synSent])
      #expect(sockets.first?.remote == destination)
    }
  }

  @Test func mappedAddressesBecomeIPv4() throws {
    let mapped = try #require(IPAddress("::ffff:10.1.2.3"))
    #expect(mapped.unmapped == IPAddress("10.1.2.3"))
    #expect(IPAddress("fd00::1")?.unmapped == IPAddress("fd00::1"))
  }
}
