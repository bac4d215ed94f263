import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Routing that cannot be added, or is not in effect although it was added.
@Suite(.enabled(if: canUseKernel))
struct RoutingFailureTests {
  private static let tproxy = sidecar { $0.interception = .tproxy(mark: 1337, table: 133) }

  /// Commands that make the kernel refuse a part of the routing, or that conflict with it.
  private static let preparations = [
    ["sysctl -q net.ipv6.conf.all.disable_ipv6=1", "sysctl -q net.ipv6.conf.lo.disable_ipv6=1"],
    ["ip link set lo down"],
    ["ip route add default dev lo table 133"],
    ["ip -6 route add unreachable default table 133"],
    ["ip route add blackhole 10.0.0.0/8 table 133"],
    ["ip route add default dev lo table 99", "ip rule add fwmark 1337 lookup 99 pref 50"],
    ["ip -6 route add default dev lo table 99", "ip -6 rule add lookup 99 pref 50"],
  ]

  @Test(arguments: preparations, [false, true])
  func aFailedApplyLeavesTheNamespaceAsItWas(_ preparation: [String], reconciles: Bool) throws {
    try withNamespace {
      for command in preparation { try run(command.split(separator: " ").map(String.init)) }
      let before = try namespaceState()
      #expect(throws: InstallationError.self) {
        try installation(Self.tproxy, reconciles: reconciles).apply()
      }
      #expect(try namespaceState() == before)
    }
  }

  @Test func routingThatAnotherProgramAddedIsLeftAfterAFailure() throws {
    try withNamespace {
      try run("ip", "rule", "add", "fwmark", "1337", "lookup", "133")
      try run("ip", "-6", "route", "add", "unreachable", "default", "table", "133")
      let before = try namespaceState()
      #expect(throws: InstallationError.self) { try installation(Self.tproxy).apply() }
      #expect(try namespaceState() == before)
    }
  }

  @Test(arguments: [
    "ip rule del fwmark 1337", "ip -6 rule del fwmark 1337", "ip route flush table 133",
    "ip -6 route flush table 133", "ip -6 address del ::6/128 dev lo",
    "ip route add blackhole 10.0.0.0/8 table 133", "ip rule add fwmark 4711 lookup 133",
  ])
  func aDifferenceInRoutingIsFoundAndRepaired(_ damage: String) throws {
    try withNamespace {
      let installation = installation(Self.tproxy, reconciles: true)
      _ = try installation.apply()
      let before = try namespaceState()
      #expect(try installation.differences().isEmpty)
      try run(damage.split(separator: " ").map(String.init))
      let isForeign = damage.contains("4711")
      let diff = try installation.differences()
      #expect(diff.routing.isEmpty == isForeign, "\(diff.text())")
      guard !isForeign, diff.routing.obstacles.isEmpty else { return }
      #expect(try !installation.apply().description.isEmpty)
      #expect(try installation.differences().isEmpty)
      #expect(try settled(namespaceState()) == settled(before))
    }
  }

  @Test func leftoverRoutingOfAKilledRunIsADifferenceAndIsRemoved() throws {
    try withNamespace {
      let before = try namespaceState()
      _ = try Routing(Self.tproxy).add()
      #expect(try !installation(sidecar()).differences().routing.unexpected.isEmpty)
      _ = try installation(sidecar()).clean()
      #expect(try settled(namespaceState()) == settled(before))
    }
  }

  /// An address is tentative for a moment, and its route is added when it no longer is.
  private func settled(_ state: String) -> Set<String> {
    let lines = state.replacing(" tentative", with: "").split(separator: "\n").map(String.init)
    return Set(lines.filter { !$0.contains("::6") })
  }
}
