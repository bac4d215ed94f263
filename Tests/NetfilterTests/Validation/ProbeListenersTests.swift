import CNetfilter
import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

@testable import Probes
@testable import Sockets

/// The probe's listeners beside those of other programs, and whom sockets belong to.
@Suite(.enabled(if: canUseKernel))
struct ProbeListenersTests {
  private let probe = ProbeTests.probe

  @Test func oneListenerIsEnough() throws {
    try withNamespace {
      try Iptables.restore(RulesetBuilder.build(Configurations.sidecar))
      let other = try InternetSocket.listening(at: probe.listeners[0])
      #expect(try probe.run(within: .seconds(10)) == probe.listeners[1])
      let isStolen = other.accept() != nil
      #expect(!isStolen)
    }
  }

  @Test(arguments: ["0.0.0.0", "127.0.0.1", "::"])
  func aRunningProxyGetsTheConnection(_ address: String) throws {
    try withNamespace {
      try Iptables.restore(RulesetBuilder.build(Configurations.sidecar))
      let address = try #require(IPAddress(address))
      let proxy = try Held(.listening(at: Endpoint(address, 15006)))
      #expect(try probe.run(within: .seconds(10)) == probe.listeners[1])
      let hasArrived = proxy.socket.accept() != nil
      #expect(hasArrived)
    }
  }

  /// A listener at 127.0.0.1 would take the connections of a proxy that listens at 0.0.0.0.
  @Test func noListenerIsOpenedBesideAProxy() throws {
    try withNamespace {
      let any = IPAddress.ipv4(IPv4Address(bits: 0))
      let proxy = try [15001, 15006].map { try Held(.listening(at: Endpoint(any, $0))) }
      let log = try Program(["sh", "-c", "for i in $(seq 100); do ss -Hltn; sleep 0.005; done"])
      #expect(throws: ProbeError.self) { try probe.run(within: .milliseconds(500)) }
      let listeners = try log.finish().output
      #expect(listeners.contains("0.0.0.0:15006") && !listeners.contains("127.0.0.1:150"))
      #expect(proxy.count == 2)
    }
  }

  @Test func portsThatCannotBeListenedOnAreNamed() throws {
    try withNamespace {
      let bound = try probe.listeners.map { address in
        let socket = try InternetSocket.open(.ipv4)
        try socket.bind(to: address)
        return Held(socket)
      }
      let error = #expect(throws: ProbeError.self) { try probe.run(within: .seconds(10)) }
      guard case .noListener(let deaf) = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
      #expect(deaf.map(\.address) == probe.listeners)
      #expect(bound.count == 2)
    }
  }

  @Test func theThreadIsTheSameUsersAfterwards() throws {
    try withNamespace {
      _ = try? probe.run(within: .milliseconds(10))
      #expect(setfsuid(.max) == 0)
    }
  }

  @Test func oneListenerForOnePort() {
    var configuration = Configurations.sidecar
    configuration.inboundCapturePort = configuration.proxyPort
    #expect(Probe(configuration, .ipv6, port: 15002).listeners.map(\.description) == ["[::1]:15001"])
  }
}

/// Keeps a socket open where only copyable values can be kept.
private final class Held {
  let socket: InternetSocket

  init(_ socket: consuming InternetSocket) { self.socket = socket }
}
