import Foundation
import Intercept
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// `print` gives the renderings in golden/, word for word.
struct GoldenTests {
  /// The format of a file's text, by the file's ending.
  static let renderings = [
    "ipv4.save": Rendering(family: .ipv4), "ipv6.save": Rendering(family: .ipv6),
    "restore": Rendering(format: .restore), "annotated": Rendering(isAnnotated: true),
    "json": Rendering(format: .json), "nft": Rendering(format: .nft),
  ]

  @Test func everyCaseIsThere() {
    #expect(GoldenCase.all.count == 42)
    #expect(GoldenCase.all.reduce(0) { $0 + $1.files.count } == 449)
    #expect(Set(GoldenCase.all.map(\.name)).count == GoldenCase.all.count)
  }

  @Test(arguments: GoldenCase.all)
  func printGivesEveryFile(of golden: GoldenCase) throws {
    for file in golden.files {
      let rendering = try #require(Self.renderings[file.ending], "\(file.path)")
      let expected = try file.text()
      for release in file.releases {
        let text = try rendering.text(for: golden.command.configuration(release: release))
        #expect(text == expected, "\(file.path), release 1.\(release)")
      }
    }
  }

  @Test(arguments: GoldenCase.all)
  func everyReleaseHasItsText(in golden: GoldenCase) throws {
    // Istio 1.31 has the rules of 1.30.
    let releases = Array(14...30)
    let ipv4 = golden.files.filter { $0.ending == "ipv4.save" }.flatMap(\.releases)
    #expect(ipv4.sorted() == releases)
    let native = golden.files.filter { $0.ending == "nft" }.flatMap(\.releases)
    #expect(native.sorted() == releases)
    let ipv6 = golden.files.filter { $0.ending == "ipv6.save" }.flatMap(\.releases)
    let isDual = try golden.command.settings().configuration.includesIPv6
    #expect(ipv6.sorted() == (isDual ? releases : []))
  }

  @Test(arguments: GoldenCase.all)
  func theNewestReleaseHasTheRulesOfTheOneBefore(_ golden: GoldenCase) throws {
    #expect(IstioRelease.newest.minor == 31)
    let texts = try [30, 31].map { try Rendering().text(for: golden.command.configuration(release: $0)) }
    #expect(texts[0] == texts[1])
  }

  @Test func thePublishedDumpIsWhatIsPrinted() throws {
    let golden = try #require(GoldenCase.all.first { $0.name == "documented-dump" })
    let published = try Repository.text("golden/documented-dump/published.iptables-save")
    let bare = published.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.replacing(/\[\d+:\d+\]/, with: "[0:0]") + "\n" }.joined()
    #expect(try Rendering().text(for: golden.command.configuration(release: 16)) == bare)
  }
}
