import Intercept
import Pictures

/// A text of the rules of a configuration.
struct Rendering {
  /// The form of the text.
  enum Format: String, CaseIterable {
    case save, restore, nft, json, svg, mermaid, dot
  }

  /// The address families that are printed.
  enum Family: String, CaseIterable {
    case ipv4, ipv6, all
  }

  var format = Format.save
  var family = Family.all
  /// True to print each rule's reason above it, as a comment line.
  var isAnnotated = false

  func text(for configuration: Configuration) throws -> String {
    let rulesets = RulesetBuilder.build(configuration).filter(isWanted)
    switch format {
    case .save: return rulesets.map { $0.saveText(annotated: isAnnotated) }.joined()
    case .restore: return rulesets.map { $0.restoreText(annotated: isAnnotated) }.joined()
    case .nft: return try NativeRuleset(lowering: rulesets).nftText
    case .json: return try RulesetJSON.text(of: rulesets, release: configuration.release)
    case .svg: return PictureFormat.svg.text(of: Graph(rules: rulesets))
    case .mermaid: return PictureFormat.mermaid.text(of: Graph(rules: rulesets))
    case .dot: return PictureFormat.dot.text(of: Graph(rules: rulesets))
    }
  }

  private func isWanted(_ ruleset: Ruleset) -> Bool {
    switch family {
    case .all: true
    case .ipv4: ruleset.family == .ipv4
    case .ipv6: ruleset.family == .ipv6
    }
  }
}
