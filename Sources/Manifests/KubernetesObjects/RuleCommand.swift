import ManifestText
import TextOutput

/// The call of `istio-iptables` in a container, by name, as a command of `pilot-agent`, or in a script of `sh -c`.
struct RuleCommand {
  /// The program that installs the rules; `pilot-agent` has it as a command.
  private static let program = "istio-iptables"
  private static let shells: Set<String> = ["sh", "ash", "bash", "dash"]

  /// The arguments after the program's name.
  let arguments: [String]
  /// Variables assigned on the program's line in a script.
  let assignments: [String: String]

  /// - Parameters:
  ///   - words: the container's command and arguments.
  ///   - environment: the container's variables with known values.
  /// - Returns: nil if the container does not call the program.
  init?(_ words: [String], environment: [String: String]) {
    let words = words.map { Self.expanded($0, environment) }
    let commands =
      Self.script(in: words).map { ShellScript($0, environment: environment).commands } ?? [words]
    for command in commands {
      guard let index = command.firstIndex(where: { Self.baseName($0) == Self.program }) else { continue }
      arguments = Array(command[(index + 1)...])
      assignments = Self.assignments(in: command[..<index])
      return
    }
    return nil
  }

  private static func baseName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Returns the script of a shell's option `-c`.
  private static func script(in words: [String]) -> String? {
    guard let first = words.first, shells.contains(baseName(first)) else { return nil }
    let options = words.dropFirst().prefix { $0.hasPrefix("-") }
    guard options.contains(where: { !$0.hasPrefix("--") && $0.hasSuffix("c") }) else { return nil }
    return words.dropFirst(options.count + 1).first
  }

  private static func assignments(in words: ArraySlice<String>) -> [String: String] {
    var found: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
    }
    return found
  }

  /// Replaces `$(NAME)` as the kubelet does: `$$` is a dollar sign, and unknown names stay.
  private static func expanded(_ text: String, _ environment: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$$") {
        result += "$"
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("$("), let end = rest.firstIndex(of: ")"),
        let value = environment[String(rest[..<end].dropFirst(2))]
      {
        result += value
        rest = rest[rest.index(after: end)...]
      } else {
        result.append("$")
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }
}
