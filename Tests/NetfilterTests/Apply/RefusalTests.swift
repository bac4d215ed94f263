import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// Refusals by the kernel: errors and advice.
struct RefusalTests {
  private func refusal(_ errno: Errno, _ namespace: NetworkNamespace, modules: [String] = []) -> Refusal {
    let error = NetlinkError("add rule", "-A OUTPUT -j CT", .refused(errno, nil))
    return Refusal(BatchError(error), namespace, modules: modules)
  }

  @Test func aMissingCapabilityIsNamedWithTheNamespace() throws {
    #expect(
      try refusal(.notPermitted, .open("/proc/self/ns/net")).description == """
        cannot add rule "-A OUTPUT -j CT": not permitted (EPERM); \
        this needs CAP_NET_ADMIN in network namespace "/proc/self/ns/net"
        """)
  }

  @Test func missingModulesAreNamed() {
    #expect(
      refusal(.noSuchFileOrDirectory, .current, modules: ["nft_compat", "xt_CT"]).advice
        == ["the kernel may lack a module; on the host, try: modprobe -a nft_compat xt_CT"])
    #expect(refusal(.resourceBusy, .current, modules: ["nft_compat"]).advice == [])
  }

  @Test(.enabled(if: canUseKernel))
  func theExtensionThatIsMissingIsNamed() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var batch = Batch()
      try batch.add(RawTable(family: .ip, name: "nat"))
      try batch.add(RawChain(family: .ip, table: "nat", name: "C"))
      let missing = XtExtension("no_such", revision: 0, info: [0])
      let rule = RawRule(
        family: .ip, table: "nat", chain: "C", expressions: [.counter(.init()), .match(missing)])
      try batch.append(rule, label: { "-A C -m no_such" })
      let error = connection.refusal(of: batch.finish())
      #expect(
        error?.description
          == "cannot add rule \"-A C -m no_such\": an object that it names does not exist (ENOENT); at \"match no_such\""
      )
    }
  }

  @Test(.enabled(if: canUseKernel))
  func aRuleThatTheKernelRefusesIsNamedAndNothingChanges() throws {
    // REDIRECT belongs in nat: the kernel says so of the target in raw.
    let wrong = Ruleset(
      .ipv4,
      tables: [
        Table(.raw, chains: [Chain(ChainName(.output), rules: [Rule([], .redirect(RedirectTarget(to: 1)))])])
      ])
    try withNamespace { () throws in
      let error = #expect(throws: ApplyError.self) { try InterceptionRules().apply([wrong]) }
      #expect(error?.description.contains("-t raw -A OUTPUT -j REDIRECT --to-ports 1") == true)
      #expect(error?.description.contains("target REDIRECT") == true)
      #expect(throws: ApplyError.self) { try InterceptionRules().check([wrong]) }
      #expect(try run("nft", "list", "ruleset") == "")
    }
  }

  @Test func opaqueRulesCannotBeWritten() {
    let rule = Rule([.opaque(OpaqueMatch("-m statistic"))], .accept)
    let wanted = Ruleset(.ipv4, tables: [Table(.nat, chains: [Chain(ChainName(.output), rules: [rule])])])
    let error = #expect(throws: ApplyError.self) { try InterceptionRules().plan([wanted]) }
    #expect(
      error?.description
        == "cannot write rule \"-m statistic -j ACCEPT\": \"-m statistic\" is known as text only")
  }
}
