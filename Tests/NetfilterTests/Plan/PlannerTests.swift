import Intercept
import Netfilter
import TestSupport
import Testing

/// Plans, made and carried out without a kernel.
struct PlannerTests {
  private let wanted = RulesetBuilder.build(Configurations.sidecar)
  private let output = ChainLocation(family: .ipv4, table: .nat, chain: "OUTPUT")
  private let prerouting = ChainLocation(family: .ipv4, table: .nat, chain: "PREROUTING")

  @Test(arguments: Configurations.all.map(\.name))
  func anEmptyKernelGetsWhatIsWantedAndGivesItUpAgain(_ name: String) throws {
    let wanted = try IptablesFormTests.rulesets(name)
    var kernel = FakeKernel()
    try kernel.carryOut(Planner(kernel.live).install(WantedRules(wanted)))
    #expect(kernel.rulesets == (try wanted.map { try $0.asKept() }.filter { !$0.isEmpty }))
    #expect(try Planner(kernel.live).install(WantedRules(wanted)).isNothing)
    #expect(try Planner(kernel.live).reconcile(WantedRules(wanted)).isNothing)
    try kernel.carryOut(Planner(kernel.live).clean())
    #expect(kernel.isEmpty)
    #expect(try Planner(kernel.live).clean().isNothing)
  }

  @Test func differingRulesAreAnErrorThatNamesThem() throws {
    var kernel = FakeKernel(wanted)
    kernel.remove(at: 2, from: ChainLocation(family: .ipv6, table: .nat, chain: "ISTIO_INBOUND"))
    let error = #expect(throws: PlanError.self) { try Planner(kernel.live).install(WantedRules(wanted)) }
    #expect(
      error?.description == """
        other Istio rules are already installed; --reconcile replaces them. Differences:
        IPv6
        nat ISTIO_INBOUND
        - -p tcp -m tcp --dport 15021 -j RETURN
            inbound port 15021 is excluded from capture

        """)
  }

  @Test func aRuleThatIsMissingIsPutInItsPlaceAndNothingElseIsTouched() throws {
    var kernel = FakeKernel(wanted)
    kernel.remove(at: 2, from: ChainLocation(family: .ipv6, table: .nat, chain: "ISTIO_INBOUND"))
    let plan = try Planner(kernel.live).reconcile(WantedRules(wanted))
    #expect(plan.description == "IPv6: -t nat -I ISTIO_INBOUND -p tcp -m tcp --dport 15021 -j RETURN")
    try kernel.carryOut(plan)
    #expect(kernel.rulesets == wanted)
  }

  @Test func aDoubledJumpIsTakenOutOnce() throws {
    var kernel = FakeKernel(wanted)
    kernel.add(Rule([], .jump(Self.chain("ISTIO_OUTPUT"))), to: output)
    let plan = try Planner(kernel.live).reconcile(WantedRules(wanted))
    #expect(plan.description == "IPv4: -t nat -D OUTPUT -j ISTIO_OUTPUT")
  }

  @Test func swappedRulesAreSetRightWithOneMove() throws {
    var kernel = FakeKernel(wanted)
    let place = ChainLocation(family: .ipv4, table: .nat, chain: "ISTIO_INBOUND")
    let rule = try #require(wanted.first?[.nat, Self.chain("ISTIO_INBOUND")]?.rules[1])
    kernel.remove(at: 1, from: place)
    kernel.add(rule, to: place)
    let plan = try Planner(kernel.live).reconcile(WantedRules(wanted))
    #expect(plan.operations.count == 2)
    try kernel.carryOut(plan)
    #expect(kernel.rulesets == wanted)
  }

  @Test func aFirstInstallationGoesBehindForeignRules() throws {
    var kernel = FakeKernel()
    kernel.add(Self.foreign(1), to: output)
    try kernel.carryOut(Planner(kernel.live).install(WantedRules(wanted)))
    #expect(kernel.rules(output) == [Self.foreign(1), Rule([], .jump(Self.chain("ISTIO_OUTPUT")))])
  }

  @Test func rulesForVirtualMachinesGoBeforeForeignOnes() throws {
    var configuration = Configurations.sidecar
    configuration.virtualInterfaces = Configurations.interfaces("net1")
    configuration.excludedInterfaces = Configurations.interfaces("eth7")
    var kernel = FakeKernel()
    kernel.add(Self.foreign(1), to: prerouting)
    try kernel.carryOut(Planner(kernel.live).install(WantedRules(RulesetBuilder.build(configuration))))
    #expect(
      kernel.rules(prerouting).map(\.iptablesText) == [
        "-i net1 -j ISTIO_REDIRECT", "-i net1 -j RETURN", Self.foreign(1).iptablesText, "-i eth7 -j RETURN",
        "-p tcp -j ISTIO_INBOUND",
      ])
  }

  @Test func newRulesStandWhereOldOnesStood() throws {
    let old = RulesetBuilder.build(Configurations.everything(IstioRelease(minor: 16) ?? .newest))
    var kernel = FakeKernel(old)
    let count = kernel.rules(output).count
    kernel.add(Self.foreign(1), to: output, at: 0)
    kernel.add(Self.foreign(2), to: output)
    #expect(count > 2)
    try kernel.carryOut(Planner(kernel.live).reconcile(WantedRules(wanted)))
    #expect(
      kernel.rules(output) == [
        Self.foreign(1), Rule([], .jump(Self.chain("ISTIO_OUTPUT"))), Self.foreign(2),
      ])
  }

  @Test func aChainThatNoHookCallsIsReported() throws {
    let raw = RawChain(family: .ip, table: "nat", name: "OUTPUT")
    let table = LiveTable(RawTable(family: .ip, name: "nat", uses: 1), chains: [LiveChain(raw, rules: [])])
    let live = LiveRules(generation: Generation(rawValue: 1), tables: [table].compactMap(\.self))
    let error = #expect(throws: PlanError.self) { try Planner(live).install(WantedRules(wanted)) }
    #expect(error == .blocked(.notCalled(output)))
  }

  @Test func tablesOfTheNativeFormGo() throws {
    let native = LiveNativeTable(RawTable(family: .inet, name: "istio-proxy-nat"))
    let live = LiveRules(generation: Generation(rawValue: 1), nativeTables: [native])
    #expect(try Planner(live).clean().description == "delete table inet istio-proxy-nat")
  }

  @Test func aTableWithASetStays() throws {
    let raw = RawChain(family: .ip, table: "nat", name: "ISTIO_OUTPUT")
    let table = LiveTable(RawTable(family: .ip, name: "nat", uses: 2), chains: [LiveChain(raw, rules: [])])
    let live = LiveRules(generation: Generation(rawValue: 1), tables: [table].compactMap(\.self))
    #expect(try Planner(live).clean().description == "IPv4: -t nat -X ISTIO_OUTPUT")
  }

  @Test func anythingBecomesWhatIsWantedAndForeignRulesStay() throws {
    var random = SeededGenerator(seed: 4)
    let sets = Configurations.all.filter { $0.name != "everyPrefix" }.map {
      RulesetBuilder.build($0.configuration)
    }
    for _ in 0..<25 {
      var kernel = FakeKernel(try #require(sets.randomElement(using: &random)))
      let foreign = spoil(&kernel, &random)
      let wanted = try #require(sets.randomElement(using: &random))
      try kernel.carryOut(Planner(kernel.live).reconcile(WantedRules(wanted)))
      for (place, handles) in foreign {
        #expect(kernel.handles(of: place).filter(handles.contains) == handles)
      }
      #expect(try Planner(kernel.live).reconcile(WantedRules(wanted)).isNothing)
      #expect(kernel.withoutForeign == (try wanted.map { try $0.asKept() }.filter { !$0.isEmpty }))
    }
  }

  /// Takes rules out, puts some in twice and foreign ones anywhere; returns the foreign ones.
  private func spoil(_ kernel: inout FakeKernel, _ random: inout SeededGenerator) -> [ChainLocation: [Handle]]
  {
    for ruleset in kernel.rulesets {
      for table in ruleset.tables {
        for chain in table.chains {
          let place = ChainLocation(family: ruleset.family, table: table.name, chain: chain.name.text)
          for rule in chain.rules where chain.name.isIstio && Int.random(in: 0..<8, using: &random) == 0 {
            kernel.add(rule, to: place, at: Int.random(in: 0...chain.rules.count, using: &random))
          }
          if chain.name.isIstio, !chain.rules.isEmpty, Bool.random(using: &random) {
            kernel.remove(at: Int.random(in: 0..<chain.rules.count, using: &random), from: place)
          }
        }
      }
    }
    var foreign: [ChainLocation: [Handle]] = [:]
    for place in [output, prerouting, ChainLocation(family: .ipv6, table: .mangle, chain: "OUTPUT")] {
      for number in 0..<Int.random(in: 0...4, using: &random) {
        let count = kernel.rules(place).count
        kernel.add(Self.foreign(number), to: place, at: Int.random(in: 0...count, using: &random))
      }
      foreign[place] = zip(kernel.handles(of: place), kernel.rules(place)).filter { Self.isForeign($0.1) }
        .map(\.0)
    }
    return foreign
  }

  static func chain(_ name: String) -> ChainName { ChainName(name) ?? ChainName(.output) }

  static func foreign(_ number: Int) -> Rule {
    let ports = PortRange(Port(rawValue: UInt16(40000 + number)))
    return Rule([.proto(.is(.tcp)), .tcp(TCPMatch(destination: .is(ports)))], .accept)
  }

  static func isForeign(_ rule: Rule) -> Bool { (0..<8).contains { foreign($0) == rule } }
}

extension FakeKernel {
  func rules(_ place: ChainLocation) -> [Rule] {
    live[place.family, place.table]?[place.chain]?.rules.map(\.rule) ?? []
  }

  var withoutForeign: [Ruleset] {
    rulesets.map { ruleset in
      Ruleset(
        ruleset.family,
        tables: ruleset.tables.map { table in
          Table(
            table.name,
            chains: table.chains.map { chain in
              Chain(chain.name, rules: chain.rules.filter { !PlannerTests.isForeign($0) })
            })
        })
    }.filter { !$0.isEmpty }
  }
}
