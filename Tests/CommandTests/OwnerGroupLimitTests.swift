import Intercept
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Owner groups become one rule, which takes only so many.
struct OwnerGroupLimitTests {
  @Test(arguments: [
    ("", 126), ("--redirect-dns --dns-servers 8.8.8.8", 126), ("--istio-release 1.24", 126),
    ("--redirect-dns --dns-servers 8.8.8.8 --istio-release 1.24", 122),
    ("--redirect-dns --capture-all-dns --istio-release 1.16", 122),
    ("--force-iptables-binary legacy", 49),
    ("--force-iptables-binary legacy --redirect-dns --dns-servers '' --istio-release 1.16", 48),
  ])
  func theLimitAndOneMore(_ line: String, _ limit: Int) throws {
    #expect(throws: Never.self) { try settings(line, groups: limit) }
    let error = #expect(throws: InvalidOptions.self) { try settings(line, groups: limit + 1) }
    #expect(
      error?.description
        == "ISTIO_OUTBOUND_OWNER_GROUPS: \(limit + 1) groups are more than one rule can name; give \(limit) at most"
    )
  }

  @Test func aSetHasNoLimit() throws {
    #expect(throws: Never.self) { try settings("--native-nftables", groups: 5000) }
  }

  @Test func textForIptablesRestoreIsWarnedOf() throws {
    let groups = (1...50).map(String.init).joined(separator: ",")
    let environment = ["ISTIO_OUTBOUND_OWNER_GROUPS": groups]
    let words = ["print", "--ip-family", "ipv4", "--format"]
    let restore = try Tool.run(words + ["restore"], environment: environment)
    #expect(restore.status == 0 && restore.output.hasPrefix("*nat\n"))
    #expect(restore.errors.hasPrefix("warning: iptables-restore cannot read a rule about 50 owner groups"))
    #expect(try Tool.run(words + ["save"], environment: environment).errors.isEmpty)
  }

  private func settings(_ line: String, groups: Int) throws {
    let list = (1...groups).map(String.init).joined(separator: ",")
    _ = try TypedCommand(line: "ISTIO_OUTBOUND_OWNER_GROUPS=\(list) \(line)").settings()
  }
}
