import Intercept
import Netfilter
import Pictures
import SystemPackage
import TextOutput

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

/// The text of the rules that `apply` would install. Nothing is touched, and no privilege is needed.
struct DryRun {
  private let settings: Settings

  init(_ settings: Settings) {
    self.settings = settings
  }

  func print() throws {
    let text = try text()
    try Console.print(text)
    if let path = settings.run.dryRunFile { try write(text, to: path) }
    let routing = Routing(settings.configuration)
    if !routing.isEmpty { Console.note("dry run: would also add \(routing)") }
    Console.note("dry run: nothing was touched")
  }

  /// Writes the rules to the file of `DRY_RUN_FILE_PATH`, as Istio's program does.
  private func write(_ text: String, to path: String) throws(CommandError) {
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { try file.writeWhole(text) }
    } catch {
      throw CommandError("DRY_RUN_FILE_PATH: \(path.onOneLine) cannot be written: \(error)")
    }
  }

  private func text() throws -> String {
    let rulesets = RulesetBuilder.build(settings.configuration)
    switch settings.run.form {
    case .iptablesNFT, .iptablesLegacy: return rulesets.map { $0.saveText() }.joined()
    case .native: return try NativeRuleset(lowering: rulesets).nftText
    }
  }
}
