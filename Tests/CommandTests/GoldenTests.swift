import Foundation
import Intercept
import Testing

/// `print` gives the renderings in golden/, word for word.
struct GoldenTests {
  /// How `print` is asked for the text of a file, by the file's ending.
  static let requests = [
    "ipv4.save": ["--family", "ipv4"], "ipv6.save": ["--family", "ipv6"],
    "restore": ["--format", "restore"], "annotated": ["--annotate"], "json": ["--format", "json"],
  ]

  @Test func everyCaseIsThere() {
    #expect(GoldenCase.all.count == 42)
    #expect(GoldenCase.all.reduce(0) { $0 + $1.files.count } == 288)
    #expect(Set(GoldenCase.all.map(\.name)).count == GoldenCase.all.count)
  }

  @Test(arguments: GoldenCase.all)
  func printGivesEveryFile(of golden: GoldenCase) throws {
    for file in golden.files {
      let request = try #require(Self.requests[file.ending], "\(file.url.path)")
      let expected = try file.text()
      for release in file.releases {
        let text = try golden.command.printed(["--istio-release", "1.\(release)"] + request)
        #expect(text == expected, "\(file.url.lastPathComponent), release 1.\(release)")
      }
    }
  }

  @Test(arguments: GoldenCase.all)
  func everyReleaseHasItsText(in golden: GoldenCase) throws {
    let ipv4 = golden.files.filter { $0.ending == "ipv4.save" }.flatMap(\.releases)
    #expect(ipv4.sorted() == Array(IstioRelease.known))
    let ipv6 = golden.files.filter { $0.ending == "ipv6.save" }.flatMap(\.releases)
    let isDual = try golden.command.settings().configuration.includesIPv6
    #expect(ipv6.sorted() == (isDual ? Array(IstioRelease.known) : []))
  }

  @Test func thePublishedDumpIsWhatIsPrinted() throws {
    let golden = try #require(GoldenCase.all.first { $0.name == "documented-dump" })
    let url = GoldenCase.folder.appending(path: "documented-dump/published.iptables-save")
    let published = try String(contentsOf: url, encoding: .utf8)
    let bare = published.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.replacing(/\[\d+:\d+\]/, with: "[0:0]") + "\n" }.joined()
    #expect(try golden.command.printed(["--istio-release", "1.16"]) == bare)
  }
}
