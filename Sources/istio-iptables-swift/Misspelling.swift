import ArgumentParser
import Intercept

/// What the parser says of a word that it does not know, with the word that was probably meant.
///
/// The parser has suggestions of its own, for long flags alone and by the count of letters that differ: of `--dest` it
/// makes `--tls`.
struct Misspelling {
  private let arguments: GoArguments

  init(_ arguments: GoArguments) {
    self.arguments = arguments
  }

  /// - Parameter message: what the parser says.
  func explained(_ message: String) -> String {
    if let word = subcommand, !Self.subcommands.contains(word),
      let meant = NearestName.of(word, among: Self.subcommands)
    {
      return "Unknown subcommand '\(word)'. Did you mean '\(meant)'?"
    }
    let beginning = "Unknown option '"
    guard message.hasPrefix(beginning) else { return message }
    let flag = String(message.dropFirst(beginning.count).prefix { $0 != "'" })
    return "\(beginning)\(flag)'" + (meant(flag).map { ". Did you mean '\($0)'?" } ?? "")
  }
}

extension Misspelling {
  /// The first word that is no flag, which is where a subcommand stands.
  private var subcommand: String? { arguments.unknown.first.flatMap { $0.hasPrefix("-") ? nil : $0 } }

  private static var subcommands: [String] {
    Root.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
  }

  private func meant(_ flag: String) -> String? {
    let names = names
    guard flag.count == 2 else { return NearestName.of(flag, among: names.filter { $0.count > 2 }) }
    return names.first { $0.lowercased() == flag.lowercased() }
  }

  /// The flags of the subcommand that was asked, as its help lists them: at the beginning of a line, before what stands
  /// for the value.
  private var names: [String] {
    let asked = Root.configuration.subcommands.first { $0.configuration.commandName == subcommand }
    let help = Root.helpMessage(for: asked ?? ApplyCommand.self, includeHidden: true, columns: 1000)
    return help.split(separator: "\n").filter { $0.hasPrefix("  -") }.flatMap { line in
      line.dropFirst(2).prefix { $0 != "<" }.split { $0 == "," || $0 == " " }.filter { $0.hasPrefix("-") }
    }.map(String.init)
  }
}
