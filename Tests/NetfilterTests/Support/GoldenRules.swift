import Foundation
import Intercept

/// The rules of an option set in golden/, as its texts have them.
struct GoldenRules {
  let name: String
  /// Of the families that there is a text for.
  let rulesets: [Ruleset]

  /// Those of every option set, by the newest release.
  static let newest: [GoldenRules] = {
    let folder = URL(filePath: #filePath).appending(path: "../../../../golden").standardized
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { GoldenRules(folder.appending(path: $0)) }
  }()

  /// Nil if the folder has no rules in it.
  private init?(_ folder: URL) {
    name = folder.lastPathComponent
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    rulesets = IPFamily.allCases.compactMap { family in
      let ending = "-1.\(IstioRelease.newest.minor).\(family.rawValue).save"
      guard let file = files.first(where: { $0.hasSuffix(ending) }),
        let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8)
      else { return nil }
      return try? IptablesDump.parse(text, family: family).ruleset
    }
    if rulesets.isEmpty { return nil }
  }
}
