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

  @Test func aListenerThatIsTakenIsNamed() throws {
    try withNamespace {
      let other = try InternetSocket.listening(at: probe.listeners[1])
      let error = #expect(throws: ProbeError.self) { try probe.run(within: .milliseconds(300)) }
      let text = error?.description ?? ""
      #expect(text.hasSuffix("\n127.0.0.1:15006 cannot be listened on: Address already in use"), "\(text)")
      let isStolen = other.accept() != nil
      #expect(!isStolen)
    }
  }

  @Test func withoutAnyListenerThereIsNoProbe() throws {
    try withNamespace {
      let others = try probe.listeners.map { Held(try .listening(at: $0)) }
      let error = #expect(throws: ProbeError.self) { try probe.run(within: .seconds(10)) }
      #expect(
        error?.description == """
          nothing to probe with: 127.0.0.1:15001 cannot be listened on: Address already in use; \
          127.0.0.1:15006 cannot be listened on: Address already in use
          """)
      #expect(others.count == 2)
    }
  }

  @Test func theProxyMayRunAlready() throws {
    try withNamespace {
      try Iptables.restore(RulesetBuilder.build(Configurations.sidecar))
      let proxy = try SocketOwner.run(as: .defaultProxy) { _ in
        Held(try .listening(at: Endpoint(.ipv4(IPv4Address(bits: 0)), 15006)))
      }
      #expect(try probe.run(within: .seconds(10)) == probe.listeners[1])
      let isStolen = proxy.socket.accept() != nil
      #expect(!isStolen)
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
