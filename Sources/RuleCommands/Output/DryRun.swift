import Installation
import Intercept
import Netfilter
import SystemPackage
import TextOutput

/// The text of the rules that `apply` would install. Nothing is touched, and no privilege is needed.
package struct DryRun {
  private let settings: Settings

  package init(_ settings: Settings) {
    self.settings = settings
  }

  package func print() throws {
    let text = try text()
    try Console.print(text)
    if let path = settings.run.dryRunFile { try write(text, to: path) }
    let routing = Routing(settings.configuration)
    if !routing.isEmpty { Console.note("dry run: would also add \(routing)") }
    Console.note("dry run: nothing was touched")
    try compareWithInstalled()
  }

  /// Warns as `apply` would, and throws if it would refuse beside the installed rules.
  private func compareWithInstalled() throws(CommandError) {
    guard let installation = try? Installation(settings) else { return }
    do throws(InstallationError) {
      try installation.expectedWarnings().forEach(Console.warn)
    } catch {
      throw CommandError("apply would fail: \(error)")
    }
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
