import KernelTestSupport
import TestSupport
import Testing

/// The container image works with nothing but what it holds.
@Suite(.enabled(if: canUseKernel))
struct ImageTests {
  private static let tool = "/usr/local/bin/istio-iptables-swift"
  private static let options = ["--profile", "sidecar", "--ip-family", "dual"]

  @Test func itAppliesComparesAndCleans() throws {
    let image = try BareRoot(imageOf: Tool.path)
    defer { image.remove() }
    try withNamespace {
      // As Istio's injector calls it, by the name of Istio's program.
      let apply = try Program.run(image.enter([Self.tool, "istio-iptables"] + Self.options))
      #expect(apply.status == 0 && apply.output.hasPrefix("done: "), "\(apply)")
      let diff = try Program.run(image.enter([Self.tool, "diff"] + Self.options))
      #expect(diff.status == 0, "\(diff)")
      let clean = try Program.run(image.enter([Self.tool, "clean"]))
      #expect(clean.status == 0, "\(clean)")
      #expect(try Program.require("nft", "list", "ruleset").isEmpty)
    }
  }

  @Test func itHoldsNoOtherProgram() throws {
    let image = try BareRoot(imageOf: Tool.path)
    defer { image.remove() }
    let others = try image.files.filter { !$0.contains(".so") }
    #expect(others == [String(Self.tool.dropFirst())])
  }
}
