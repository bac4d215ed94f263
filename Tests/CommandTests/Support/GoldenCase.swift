import Foundation
import Testing

/// An option set of golden/cases, and its renderings.
struct GoldenCase: CustomTestStringConvertible {
  let name: String
  let command: TypedCommand
  let files: [GoldenFile]

  var testDescription: String { name }

  static let folder = URL(filePath: #filePath).appending(path: "../../../../golden").standardized

  static let all: [GoldenCase] = {
    let text = try? String(contentsOf: folder.appending(path: "cases"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").compactMap { GoldenCase(line: $0) }
  }()

  /// Reads `NAME: OPTIONS`; nil for a comment.
  private init?(line: Substring) {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard !line.hasPrefix("#"), parts.count == 2 else { return nil }
    name = String(parts[0])
    command = TypedCommand(line: String(parts[1]))
    files = GoldenFile.all(in: Self.folder.appending(path: name))
  }
}

/// One rendering: `1.14-1.17.ipv4.save`.
struct GoldenFile {
  let url: URL
  let releases: ClosedRange<Int>
  /// What stands behind the releases: `ipv4.save`.
  let ending: String

  func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }

  static func all(in folder: URL) -> [GoldenFile] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { GoldenFile(folder.appending(path: $0)) }
  }

  private init?(_ url: URL) {
    guard let match = url.lastPathComponent.wholeMatch(of: /1\.(\d+)-1\.(\d+)\.(.+)/),
      let first = Int(match.1), let last = Int(match.2), first <= last
    else { return nil }
    self.url = url
    releases = first...last
    ending = String(match.3)
  }
}
