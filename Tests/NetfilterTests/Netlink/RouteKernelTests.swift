import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// Addresses and routes against the kernel and the `ip` command, each test in a namespace of its own.
@Suite(.enabled(if: canUseKernel))
struct RouteKernelTests {
  private static let six = [UInt8](repeating: 0, count: 15) + [6]

  @Test func addressesComeInTheKernelsOrder() throws {
    try withNamespace {
      try run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
      try run("ip", "address", "add", "fd00::7/64", "dev", "eth0", "nodad")
      try run("ip", "address", "add", "10.1.2.3/24", "dev", "eth0")
      var connection = try RouteConnection.open()
      let loopback = try connection.interface(named: "lo")
      let eth0 = try connection.interface(named: "eth0")
      let addresses = try connection.addresses()
      #expect(addresses.map(\.family) == [.ipv4, .ipv4, .ipv6, .ipv6])
      #expect(addresses.map(\.interface) == [loopback, eth0, loopback, eth0])
      #expect(addresses.map(\.prefixLength) == [8, 24, 128, 64])
      #expect(addresses.map(\.scope) == [.host, .global, .host, .global])
      #expect(addresses[1].bytes == [10, 1, 2, 3])
      #expect(addresses.allSatisfy { $0.flags.contains(.permanent) })
    }
  }

  @Test func anAddressIsAddedOnceAndTakenAway() throws {
    try withNamespace {
      var connection = try RouteConnection.open()
      let before = try run("ip", "-6", "address")
      let lo = try connection.interface(named: "lo")
      let address = InterfaceAddress(.ipv6, Self.six, prefixLength: 128, on: lo)
      #expect(try connection.add(address))
      #expect(try !connection.add(address))
      #expect(try run("ip", "-6", "address").contains("inet6 ::6/128 scope global"))
      #expect(try connection.delete(address))
      #expect(try !connection.delete(address))
      #expect(try run("ip", "-6", "address") == before)
    }
  }

  @Test(arguments: AddressFamily.allCases, [133, 70_000])
  func aPolicyRuleIsAddedOnce(_ family: AddressFamily, table: UInt32) throws {
    try withNamespace {
      let option = family == .ipv4 ? "-4" : "-6"
      let before = try run("ip", option, "rule")
      try run("ip", option, "rule", "add", "fwmark", "1337", "lookup", "\(table)")
      let byIP = try run("ip", option, "rule")
      try run("ip", option, "rule", "del", "fwmark", "1337", "lookup", "\(table)")

      var connection = try RouteConnection.open()
      let rule = PolicyRule(family, mark: MarkSelector(1337), table: RouteTable(rawValue: table))
      #expect(try connection.add(rule))
      #expect(try !connection.add(rule))
      #expect(try run("ip", option, "rule") == byIP)
      #expect(try connection.delete(rule) == 1)
      #expect(try run("ip", option, "rule") == before)
    }
  }

  @Test func everyDuplicateOfAPolicyRuleIsRemovedAndNoOther() throws {
    try withNamespace {
      let before = try run("ip", "rule", "add", "fwmark", "1337", "from", "10.0.0.0/8", "lookup", "133")
      try run("ip", "rule", "add", "fwmark", "0x39/0xff", "lookup", "133")
      try run("ip", "rule", "add", "fwmark", "1337", "uidrange", "5-6", "lookup", "133")
      try run("ip", "rule", "add", "not", "fwmark", "1337", "lookup", "133")
      let others = try before + run("ip", "rule")
      for _ in 0..<3 { try run("ip", "rule", "add", "fwmark", "1337", "lookup", "133") }
      var connection = try RouteConnection.open()
      let rule = PolicyRule(.ipv4, mark: MarkSelector(1337), table: RouteTable(rawValue: 133))
      #expect(try connection.delete(rule) == 3)
      #expect(try run("ip", "rule") == others)
    }
  }

  @Test(arguments: AddressFamily.allCases, [133, 70_000])
  func aLocalRouteIsAddedOnce(_ family: AddressFamily, table: UInt32) throws {
    try withNamespace {
      let option = family == .ipv4 ? "-4" : "-6"
      let show = { try run("ip", option, "route", "show", "table", "all") }
      let before = try show()
      try run("ip", option, "route", "add", "local", "default", "dev", "lo", "table", "\(table)")
      let byIP = try show()
      try run("ip", option, "route", "del", "local", "default", "dev", "lo", "table", "\(table)")

      var connection = try RouteConnection.open()
      let lo = try connection.interface(named: "lo")
      let route = LocalRoute(family, table: RouteTable(rawValue: table), on: lo)
      #expect(try connection.add(route))
      #expect(try !connection.add(route))
      #expect(try show() == byIP)
      #expect(try connection.localRoutes(family) == [route])
      #expect(try connection.delete(route) == 1)
      #expect(try show() == before)
    }
  }

  @Test func everyMetricOfALocalRouteIsRemoved() throws {
    try withNamespace {
      for metric in ["5", "6"] {
        try run("ip", "-6", "route", "add", "local", "default", "dev", "lo", "table", "133", "metric", metric)
      }
      var connection = try RouteConnection.open()
      let lo = try connection.interface(named: "lo")
      #expect(try connection.delete(LocalRoute(.ipv6, table: RouteTable(rawValue: 133), on: lo)) == 2)
      #expect(try connection.localRoutes(.ipv6).isEmpty)
    }
  }

  @Test func anErrorNamesTheOperation() throws {
    try withNamespace {
      var connection = try RouteConnection.open()
      let nowhere = InterfaceAddress(
        .ipv4, [10, 0, 0, 1], prefixLength: 8, on: InterfaceIndex(rawValue: 99))
      let error = #expect(throws: NetlinkError.self) { try connection.add(nowhere) }
      #expect(error?.description.hasPrefix("cannot add address \"10.0.0.1/8\": No such device") == true)
      let missing = #expect(throws: NetlinkError.self) { try connection.interface(named: "eth7") }
      #expect(missing?.description == "cannot find interface \"eth7\": No such device (errno 19)")
    }
  }
}
