import Foundation
package import Intercept

/// The rules of an option set in golden/, as its texts have them.
package struct GoldenRules: CustomStringConvertible {
  /// The option set, and the first release of those that build these rules.
  package let name: String
  /// What `iptables-save` prints of them, family by family.
  package let files: [GoldenSave]

  private static let folder = URL(filePath: #filePath).appending(path: "../../../golden").standardized

  package var description: String { name }

  /// Those of every option set, by the newest release.
  package static let newest = rules(of: [30])
  /// Those of every option set by every release, where they differ.
  package static let all = rules(of: IstioRelease.all.map(\.minor))

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
  package var rulesets: [Ruleset] {
    files.compactMap { try? IptablesDump.parse($0.text(), family: $0.family).ruleset }
  }
}

/// What `iptables-save` prints of the rules of one family: `1.14-1.17.ipv4.save`.
package struct GoldenSave {
  let url: URL
  let releases: ClosedRange<Int>
  package let family: IPFamily

  package func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }

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
