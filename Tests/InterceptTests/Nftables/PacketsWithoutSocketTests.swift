import TestSupport
import Testing

import Intercept
@testable import MeshRules
@testable import NetworkValues
@testable import NftablesModel
@testable import PacketTrace
@testable import RuleModel

/// Packets without a socket: `! --uid-owner` matches them in iptables, and the native form must do the same.
struct PacketsWithoutSocketTests {
  private func chains(_ rules: Rule...) throws -> [String: [String]] {
    let table = Table(.mangle, chains: [Chain(.istioOutput, rules: rules)])
    let native = try NativeRuleset(lowering: [Ruleset(.ipv4, tables: [table])])
    let chains = native.tables.flatMap(\.chains)
    return Dictionary(
      uniqueKeysWithValues: chains.map { chain in
        (
          chain.name.text,
          chain.rules.map { $0.nftText.replacing("counter ", with: "").replacing(/\ comment .*/, with: "") }
        )
      })
  }

  private let notProxy = Match.owner(OwnerMatch(user: .not(.defaultProxy)))
  private let proxy = Match.owner(OwnerMatch(user: .is(.defaultProxy)))
  private let notInGroup = Match.owner(OwnerMatch(group: .not(.defaultProxy)))

  @Test func aRuleIsSwappedWithThatOfItsOwner() throws {
    let chains = try chains(
      Rule([.onLoopback, notProxy], .return), Rule([proxy], .return), Rule([.isTCP], .drop))
    #expect(
      chains == [
        "istio-output": ["meta skuid 1337 return", "oifname \"lo\" return", "meta l4proto tcp drop"]
      ])
  }

  @Test func ownersSkipARule() throws {
    let chains = try chains(Rule([notProxy, notInGroup], .return), Rule([.isTCP], .drop))
    #expect(
      chains == [
        "istio-output": [
          "meta skuid 1337 goto istio-output-owned", "meta skgid 1337 goto istio-output-owned", "return",
        ],
        "istio-output-owned": ["meta l4proto tcp drop"],
      ])
  }

  @Test func packetsThatDoNotMatchSkipARule() throws {
    let chains = try chains(Rule([.isUDP, notProxy], .return), Rule([.isTCP], .drop))
    #expect(
      chains["istio-output"] == [
        "meta l4proto udp meta skuid 1337 goto istio-output-owned", "meta l4proto udp return",
        "goto istio-output-owned",
      ])
    let alike = try self.chains(Rule([.isUDP, notProxy], .return), Rule([.isUDP], .drop))
    #expect(alike["istio-output"]?.count == 2)
  }

  @Test func aPositiveOwnerConditionIsKept() throws {
    let chains = try chains(Rule([proxy, notInGroup], .drop))
    #expect(chains == ["istio-output": ["meta skuid 1337 meta skgid != 1337 drop"]])
  }

  @Test func aChainWithoutCallersIsRemoved() throws {
    let chains = try chains(Rule([proxy], .return), Rule([notProxy], .return), Rule([.isTCP], .drop))
    #expect(chains == ["istio-output": ["meta skuid 1337 return", "return"]])
  }

  @Test func theLastRuleOfAChain() throws {
    let chains = try chains(Rule([notProxy], .drop))
    #expect(chains == ["istio-output": ["meta skuid 1337 return", "drop"]])
  }

  /// The kernel's own connections have no owner. Both forms capture the same of them.
  @Test(arguments: [OwnerGroups.all(except: [.defaultProxy]), .only([.defaultProxy]), .only([])])
  func connectionsOfTheKernel(groups: OwnerGroups) throws {
    let configuration = Configuration.sidecar { $0.ownerGroups = groups }
    let native = try NativeRuleset(configuration)
    let tracer = Tracer(
      Ruleset(lifting: native, .ipv4), in: HostContext(loopbackMarks: configuration.loopbackMarks))
    for (address, interface) in [("8.8.8.8:80", "eth0"), ("10.0.0.9:80", "lo"), ("127.0.0.1:80", "lo")] {
      let flow = Flow(.outbound, to: endpoint(address), interface: InterfaceName(interface))
      #expect(tracer.verdict(of: flow) == configuration.tracer().verdict(of: flow))
    }
    let outside = Flow(.outbound, to: endpoint("8.8.8.8:80"))
    let isCaptured = tracer.verdict(of: outside) != .accept
    #expect(isCaptured == (groups == .all(except: [.defaultProxy])))
  }
}
