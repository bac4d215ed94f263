import Intercept
import KernelTestSupport
import TestSupport
import Netfilter
import Testing

@testable import KernelRules

@Suite(.enabled(if: canUseKernel)) struct RoutingTests {
  private func tproxy(mark: Mark = 1337, table: RouteTable = 133) -> Configuration {
    var configuration = Configuration()
    configuration.interception = .tproxy(mark: mark, table: table)
    configuration.inboundPorts = .all(except: [])
    configuration.includesIPv6 = true
    return configuration
  }

  @Test func addsWhatTheIPCommandWouldAdd() throws {
    let written = try withNamespace {
      _ = try Routing(tproxy()).add()
      return try listing()
    }
    let reference = try withNamespace {
      try run("ip", "rule", "add", "fwmark", "1337", "lookup", "133")
      try run("ip", "-6", "rule", "add", "fwmark", "1337", "lookup", "133")
      try run("ip", "route", "add", "local", "default", "dev", "lo", "table", "133")
      try run("ip", "-6", "route", "add", "local", "default", "dev", "lo", "table", "133")
      try run("ip", "-6", "addr", "add", "::6/128", "dev", "lo")
      return try listing()
    }
    #expect(written == reference)
    #expect(written.contains("fwmark 0x539 lookup 133"))
  }

  @Test func addsNothingTwice() throws {
    try withNamespace {
      let routing = Routing(tproxy())
      #expect(try routing.add() == routing)
      let once = try listing()
      #expect(try routing.add() == .none)
      #expect(try listing() == once)
    }
  }

  @Test func removesItsOwnEntriesAndTheirDuplicates() throws {
    try withNamespace {
      let before = try listing()
      let routing = Routing(tproxy())
      _ = try routing.add()
      try run("ip", "rule", "add", "fwmark", "1337", "lookup", "133")
      #expect(try LiveRouting.read(marks: [1337]).interception == routing)
      #expect(try routing.remove() == routing)
      #expect(try listing() == before)
      #expect(try routing.remove() == .none)
    }
  }

  @Test func leavesRulesForOtherMarksAlone() throws {
    try withNamespace {
      try run("ip", "rule", "add", "fwmark", "7", "lookup", "77")
      try run("ip", "route", "add", "local", "default", "dev", "lo", "table", "77")
      #expect(try LiveRouting.read(marks: [1337]).interception == .none)
      #expect(try LiveRouting.read(marks: [7]).interception.diversions.map(\.table) == [77])
    }
  }

  @Test func aRouteThatAnotherMarkNeedsStays() throws {
    try withNamespace {
      _ = try Routing(tproxy(mark: 7)).add()
      let before = try listing()
      let added = try Routing(tproxy(mark: 8)).add()
      #expect(try added.remove() == added)
      #expect(try listing() == before)
    }
  }

  @Test func takesOverPolicyRulesThatAnotherProgramMade() throws {
    try withNamespace {
      for _ in 0..<2 { try run("ip", "rule", "add", "fwmark", "7", "lookup", "77") }
      let found = try LiveRouting.read(marks: [7]).interception
      for _ in 0..<2 {
        try found.adopt()
        #expect(try LiveRouting.read(marks: []).interception == found)
        let rules = try run("ip", "rule").split(separator: "\n")
        #expect(rules.filter { $0.hasSuffix("fwmark 0x7 lookup 77") }.count == 1)
      }
    }
  }

  @Test func findsItsOwnPolicyRulesWhateverTheirMarkAndWithoutTheirRoute() throws {
    try withNamespace {
      let routing = Routing(tproxy(mark: 7777))
      _ = try routing.add()
      try run("ip", "route", "flush", "table", "133")
      try run("ip", "rule", "add", "fwmark", "7", "lookup", "77")
      let found = try LiveRouting.read(marks: []).interception
      #expect(routing.subtracting(found).parts == [.localRoute(.ipv4, 133)])
      #expect(try routing.remove() == found)
      #expect(try run("ip", "rule").contains("lookup 77"))
    }
  }

  @Test func needsNoRouteWhereNothingInboundIsCaptured() {
    var configuration = tproxy()
    configuration.inboundPorts = .none
    #expect(Routing(configuration).diversions.isEmpty)
    #expect(Routing(configuration).parts == [.passthroughAddress])
  }

  private func listing() throws -> String {
    let commands = [
      ["rule"], ["-6", "rule"], ["route", "show", "table", "all"], ["-6", "route", "show", "table", "all"],
      ["-6", "addr"],
    ]
    // An address is tentative for a moment, and its route comes when it no longer is.
    let lines = try commands.map { try run(["ip"] + $0) }.joined().split(separator: "\n")
    let settled = lines.filter { !$0.hasPrefix("local ::6") }.joined(separator: "\n")
    return settled.replacing(" tentative", with: "")
  }
}
