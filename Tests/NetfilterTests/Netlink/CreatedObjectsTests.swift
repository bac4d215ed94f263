import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// The objects of a batch, compared with those that the kernel lists.
@Suite(.enabled(if: canUseKernel))
struct CreatedObjectsTests {
  @Test func theRulesOfEveryConfigurationAreListedAsTheyWereSent() throws {
    for (name, configuration) in Configurations.all where name != "nothing" {
      try withNamespace {
        var installed = try Installed.installing(configuration)
        #expect(try installed.isListed(), "\(name)")
      }
    }
  }

  @Test(
    arguments: [
      "iptables-nft -t nat -R ISTIO_REDIRECT 1 -p tcp -j REDIRECT --to-ports 15002",
      "iptables-nft -t nat -R ISTIO_REDIRECT 1 -p udp -j REDIRECT --to-ports 15001",
      "iptables-nft -t nat -R ISTIO_OUTPUT 1 -s 127.0.0.6/32 -o lo -j ACCEPT",
      "iptables-nft -t nat -A ISTIO_OUTPUT -j RETURN",
      "iptables-nft -t nat -I ISTIO_INBOUND -p tcp --dport 22 -j RETURN",
      "iptables-nft -t nat -D ISTIO_INBOUND 1",
      "ip6tables-nft -t nat -F ISTIO_OUTPUT",
      "nft add chain ip nat another",
      "nft add chain ip nat OUTPUT { policy drop ; }",
      "nft add table ip filter", "nft add table inet other",
      "nft add table ip nat { flags dormant ; }",
    ])
  func aChangeIsNoticed(_ command: String) throws {
    try withNamespace {
      var installed = try Installed.installing(Configurations.sidecar)
      try #require(try installed.isListed())
      try run(command.split(separator: " ").map(String.init))
      #expect(try !installed.isListed())
    }
  }

  @Test func rulesInAnotherOrderAreNoticed() throws {
    try withNamespace {
      var installed = try Installed.installing(Configurations.sidecar)
      let rule = try run("iptables-nft", "-t", "nat", "-S", "ISTIO_INBOUND", "1")
      try run("iptables-nft", "-t", "nat", "-D", "ISTIO_INBOUND", "1")
      try run(["iptables-nft", "-t", "nat"] + rule.split(whereSeparator: \.isWhitespace).map(String.init))
      #expect(try !installed.isListed())
    }
  }

  @Test func anotherGenerationIsNoticed() throws {
    try withNamespace {
      var installed = try Installed.installing(Configurations.sidecar)
      let before = try installed.connection.generation()
      try run("nft", "add", "table", "inet", "other")
      try run("nft", "delete", "table", "inet", "other")
      #expect(try installed.isListed())
      #expect(try !installed.connection.contains(exactly: installed.created, in: before))
    }
  }

  @Test func aBatchThatRemovesSomethingHasNoObjectsToCompare() throws {
    var batch = Batch()
    try batch.add(RawTable(family: .ip, name: "nat"))
    try batch.delete(RawTable(family: .ip, name: "mangle"))
    let objects = CreatedObjects(batch.finish())
    #expect(objects == nil)
  }
}

/// Rules that were installed in the namespace.
private struct Installed: ~Copyable {
  var connection: KernelConnection
  let created: CreatedObjects

  static func installing(_ configuration: Configuration) throws -> Installed {
    var connection = try NFTablesConnection.open()
    let live = try connection.liveRules()
    let plan = try Planner(live).install(try WantedRules(RulesetBuilder.build(configuration)))
    let batch = try plan.batch(for: live.generation).finish()
    let objects = CreatedObjects(batch)
    try connection.commit(batch)
    return Installed(connection: connection, created: try #require(objects))
  }

  /// True if the kernel lists what was sent and nothing else.
  mutating func isListed() throws -> Bool {
    try connection.contains(exactly: created, in: try connection.generation())
  }
}
