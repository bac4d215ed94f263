package import Intercept
package import SidecarInjection
import TextOutput

/// Options as a command line for a shell, below comments with the source of each.
package struct ShownOptions {
  private struct Entry {
    let word: String
    let source: String
    let isVariable: Bool
  }

  private let heading: String
  private let entries: [Entry]

  package init(_ options: Options, _ pod: PodOptions?) {
    heading = pod.map { "\($0.object)" } ?? "the options given"
    let sources = Dictionary((pod?.options ?? []).map { ($0.option, $0.sources) }) { first, _ in first }
    entries = OptionName.allCases.compactMap { option in
      guard let given = options[option], let origin = options.origin(of: option), option != .profile,
        option.row.section != .pod
      else {
        return nil
      }
      let source = Self.source(origin, given.name, sources[option] ?? [])
      let name = option.spelling
      let isVariable = option.flag == nil
      let value = given.text.shellQuoted
      let word = isVariable || option.isToggle ? "\(name)=\(value)" : "\(name) \(value)"
      return Entry(word: word, source: source, isVariable: isVariable)
    }
  }

  private static func source(_ origin: Options.Origin, _ name: String, _ sources: [OptionSource]) -> String {
    switch origin {
    case .flag: "the command line, \(name)"
    case .variable: "the environment, \(name)"
    case .manifest: sources.isEmpty ? name : sources.map(\.description).joined(separator: "; ")
    case .profile: name
    }
  }

  /// The command line of a subcommand, with comments.
  package func text(_ subcommand: String) -> String {
    let comments = entries.map { "#   \($0.word)\n#       \($0.source)\n" }.joined()
    let variables = entries.filter(\.isVariable).map(\.word)
    let flags = entries.filter { !$0.isVariable }.map(\.word)
    let words = variables + ["istio-iptables-swift \(subcommand)"] + flags
    let lines = words.lines(indent: "  ", width: 78)
    return "# \(heading)\n\(comments)\(lines.joined(separator: " \\\n"))\n"
  }
}
