import Intercept

/// A way to print the rules of a configuration.
struct Rendering {
  /// What the rules are printed as.
  enum Format: String, CaseIterable {
    case save, restore, nft, json
  }

  /// Whose rules are printed.
  enum Family: String, CaseIterable {
    case ipv4, ipv6, all
  }

  var format = Format.save
  var family = Family.all
  /// Whether each rule's reason stands above it, as a comment line.
  var isAnnotated = false

  func text(for configuration: Configuration) throws -> String {
    let rulesets = RulesetBuilder.build(configuration).filter(isWanted)
    switch format {
    case .save: return rulesets.map { $0.saveText(annotated: isAnnotated) }.joined()
    case .restore: return rulesets.map { $0.restoreText(annotated: isAnnotated) }.joined()
    case .nft: return try NativeRuleset(lowering: rulesets).nftText
    case .json: return try RulesetJSON.text(of: rulesets, release: configuration.release)
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
