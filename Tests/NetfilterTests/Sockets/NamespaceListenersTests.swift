import CNetfilter
import Glibc
import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// Listeners as the kernel lists them.
@Suite(.enabled(if: canUseKernel))
struct NamespaceListenersTests {
  /// Opens a socket of a user's in the thread's namespace.
  private static func open(
    _ address: String, _ port: Port, _ proto: IPProtocol = .tcp, of user: UInt32 = 0, isIPv6Only: Bool = true,
    isTransparent: Bool = false
  ) throws -> FileDescriptor {
    setfsuid(user)
    defer { setfsuid(0) }
    let end = Endpoint(try #require(IPAddress(address)), port)
    let file = try SocketCalls.open(end.address.family, proto)
    if end.address.family == .ipv6 {
      try SocketCalls.set(file, Int32(IPPROTO_IPV6), IPV6_V6ONLY, isIPv6Only ? 1 : 0)
    }
    if isTransparent { try SocketCalls.set(file, Int32(IPPROTO_IP), 19, 1) }
    try SocketCalls.bind(file, end)
    if proto == .tcp { try SocketCalls.check(Glibc.listen(file.rawValue, 1)) }
    return file
  }

  @Test func everyKindIsRead() throws {
    try withNamespace {
      let files = [
        try Self.open("0.0.0.0", 15001, of: 1337), try Self.open("127.0.0.1", 8080, of: 70_000),
        try Self.open("::", 15020), try Self.open("::", 15021, isIPv6Only: false),
        try Self.open("0.0.0.0", 15006, isTransparent: true), try Self.open("127.0.0.1", 15053, .udp),
        try Self.open("::1", 15053, .udp),
      ]
      // Neither a connection's two ends nor a connected datagram socket waits for anybody.
      let idle = try [IPProtocol.tcp, .udp].map { try SocketCalls.open(.ipv4, $0) }
      for file in idle {
        #expect(SocketCalls.connect(file, Endpoint(.ipv4(IPv4Address(127, 0, 0, 1)), 15001)))
      }
      defer { (files + idle).forEach { try? $0.close() } }
      let sockets = try NamespaceListeners.read().sockets
      let me = ListeningSocket.Process(id: getpid(), name: try Self.ownName())
      #expect(sockets.allSatisfy { $0.processes == [me] }, "\(sockets)")
      #expect(
        Set(sockets.map(\.line)) == [
          "tcp 0.0.0.0 15001 1337 4", "tcp 127.0.0.1 8080 70000 4", "tcp :: 15020 0 6", "tcp :: 15021 0 46",
          "tcp 0.0.0.0 15006 0 4t", "udp 127.0.0.1 15053 0 4", "udp ::1 15053 0 6",
        ])
      #expect(sockets.count == 7)
    }
  }

  private static func ownName() throws -> String {
    let name = try run("cat", "/proc/\(getpid())/comm")
    return String(name.dropLast())
  }

  @Test func anEmptyNamespaceHasNone() throws {
    let sockets = try withNamespace { try NamespaceListeners.read().sockets }
    #expect(sockets.isEmpty)
  }
}

extension ListeningSocket {
  fileprivate var line: String {
    let families = (takes(.ipv4) ? "4" : "") + (takes(.ipv6) ? "6" : "")
    let number = user?.description ?? "-"
    return "\(proto) \(address) \(port) \(number) \(families)\(isTransparent == true ? "t" : "")"
  }
}
