import TestSupport
import KernelTestSupport
import Testing

/// `--network-namespace NAME`, as `ip netns add NAME` makes it.
@Suite(.enabled(if: canUseKernel))
struct NamespaceNameTests {
  @Test func aNameIsFoundInRunNetns() throws {
    let name = "named-\(UInt32.random(in: 0...UInt32.max))"
    let apply = ["apply", "--profile", "sidecar", "--ip-family", "ipv4", "--network-namespace", name]
    let missing = try Tool.run(apply)
    #expect(missing.status == 1)
    #expect(
      missing.errors == "error: no network namespace \(name) (looked for ./\(name) and /run/netns/\(name))\n")
    try Program.require("ip", "netns", "add", name)
    defer { _ = try? Program.require("ip", "netns", "delete", name) }
    #expect(try Tool.run(apply).status == 0)
    #expect(
      try Program.require("ip", "netns", "exec", name, "iptables-nft", "-t", "nat", "-S").contains(
        "ISTIO_OUTPUT"))
  }
}
