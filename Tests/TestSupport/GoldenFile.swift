package import Intercept

/// A rendering of an option set by a range of releases: `golden/sidecar/1.14-1.17.ipv4.save`.
package struct GoldenFile: Hashable {
  /// The name of the option set.
  package let name: String
  package let path: String
  package let releases: ClosedRange<Int>
  /// The part of the file name after the releases: `ipv4.save`.
  package let ending: String

  package func text() throws -> String { try Repository.text(path) }

  /// The family of what `iptables-save` prints; nil for a rendering in another format.
  package var family: IPFamily? {
    ending.hasSuffix(".save") ? IPFamily(rawValue: String(ending.dropLast(5))) : nil
  }

  /// The renderings of all option sets, in alphabetical order.
  package static let all = Repository.files(in: "golden", ending: "").compactMap { GoldenFile(path: $0) }

  /// The renderings of one option set.
  package static func all(of name: String) -> [GoldenFile] { all.filter { $0.name == name } }

  private init?(path: String) {
    guard let match = path.wholeMatch(of: /golden\/([^\/]+)\/1\.(\d+)-1\.(\d+)\.(.+)/),
      let first = Int(match.2), let last = Int(match.3), first <= last
    else { return nil }
    name = String(match.1)
    self.path = path
    releases = first...last
    ending = String(match.4)
  }
}

/// The rules of an option set as some release builds them.
package struct GoldenRules: CustomStringConvertible {
  /// The option set, and the first release with these rules.
  package let name: String
  /// The output of `iptables-save`, one file for each family.
  package let files: [GoldenFile]

  package var description: String { name }

  /// The rules of the newest release with renderings, for every option set.
  package static let newest = rules(of: [GoldenFile.all.map(\.releases.upperBound).max()].compactMap(\.self))
  /// The rules of every release, for every option set, without repetitions.
  package static let all = rules(of: IstioRelease.all.map(\.minor))

  private static func rules(of releases: [Int]) -> [GoldenRules] {
    let sets = Dictionary(grouping: GoldenFile.all.filter { $0.family != nil }, by: \.name)
    return sets.sorted { $0.key < $1.key }.flatMap { name, files in
      var seen: Set<[GoldenFile]> = []
      return releases.compactMap { (release) -> GoldenRules? in
        let chosen = files.filter { $0.releases.contains(release) }
        guard !chosen.isEmpty, seen.insert(chosen).inserted else { return nil }
        return GoldenRules(name: "\(name) 1.\(release)", files: chosen)
      }
    }
  }

  /// The rule sets of the families that have a file.
  package var rulesets: [Ruleset] {
    files.compactMap { file in
      guard let family = file.family, let text = try? file.text() else { return nil }
      return try? IptablesDump.parse(text, family: family).ruleset
    }
  }
}
