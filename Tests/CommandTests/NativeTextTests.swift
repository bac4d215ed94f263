import Foundation
import Intercept
import KernelTestSupport
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// The native text is nft's own: it takes it, and prints it back word for word.
@Suite(.enabled(if: canUseKernel))
struct NativeTextTests {
  @Test(arguments: GoldenCase.all)
  func nftPrintsEveryRenderingBack(of golden: GoldenCase) throws {
    let files = golden.files.filter { $0.ending == "nft" }
    try withNamespace {
      for file in files {
        try Program.require("nft", "-c", "-f", file.path)
        #expect(
          try Self.listing(after: ["-f", file.path]) == file.text(), "\(file.path)")
      }
    }
  }

  /// One family of two has the rules that it has alone, each said to be for it alone.
  @Test(arguments: [Rendering.Family.ipv4, .ipv6])
  func ofOneFamily(family: Rendering.Family) throws {
    try withNamespace {
      for golden in GoldenCase.all {
        let text = try Rendering(format: .nft, family: family).text(
          for: golden.command.configuration(release: 30))
        #expect(try text.isEmpty || Self.listing(after: [text]) == text, "\(golden.name)")
      }
    }
  }

  /// The listing of `nft` after a command of `nft`, in a namespace that is deleted afterwards.
  private static func listing(after words: [String]) throws -> String {
    try Program.require(["nft"] + words)
    let listing = try Program.require("nft", "-s", "list", "ruleset")
    try Program.require("nft", "flush", "ruleset")
    return listing
  }
}
