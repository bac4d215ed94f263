import Foundation
import Intercept

/// The rules of an option set in golden/, as its texts have them.
struct GoldenRules {
  /// The option set, and the first release of those that build these rules.
  let name: String
  private let files: [GoldenSave]

  private static let folder = URL(filePath: #filePath).appending(path: "../../../../golden").standardized

  /// Those of every option set, by the newest release.
  static let newest = rules(of: [IstioRelease.newest.minor])
  /// Those of every option set by every release, where they differ.
  static let all = rules(of: IstioRelease.all.map(\.minor))

  private static func rules(of releases: [Int]) -> [GoldenRules] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().flatMap { name in
      let files = GoldenSave.all(in: folder.appending(path: name))
      var seen: Set<[URL]> = []
      return releases.compactMap { (release) -> GoldenRules? in
        let chosen = files.filter { $0.releases.contains(release) }
        guard !chosen.isEmpty, seen.insert(chosen.map(\.url)).inserted else { return nil }
        return GoldenRules(name: "\(name) 1.\(release)", files: chosen)
      }
    }
  }

  /// Of the families that there is a text for.
  var rulesets: [Ruleset] {
    files.compactMap { try? IptablesDump.parse($0.text(), family: $0.family).ruleset }
  }

  /// Has iptables' own program put them into the namespace.
  func restore() throws {
    for file in files { try Iptables.restore(file.text(), file.family) }
  }
}

/// What `iptables-save` prints of the rules of one family: `1.14-1.17.ipv4.save`.
private struct GoldenSave {
  let url: URL
  let releases: ClosedRange<Int>
  let family: IPFamily

  func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }

  static func all(in folder: URL) -> [GoldenSave] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { GoldenSave(folder.appending(path: $0)) }
  }

  private init?(_ url: URL) {
    guard let match = url.lastPathComponent.wholeMatch(of: /1\.(\d+)-1\.(\d+)\.(\w+)\.save/),
      let first = Int(match.1), let last = Int(match.2), first <= last,
      let family = IPFamily(rawValue: String(match.3))
    else { return nil }
    self.url = url
    releases = first...last
    self.family = family
  }
}
