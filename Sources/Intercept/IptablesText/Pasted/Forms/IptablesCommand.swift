import NetworkValues
import RuleModel
import TextOutput

/// A command of iptables in a script, a log or after a prompt.
struct IptablesCommand: Hashable {
  /// The effect of the command.
  enum Effect: Hashable {
    /// Changes rules; the arguments without the table and the options about waiting, as a line of a table's section.
    case change(String)
    /// Prints or restores rules, which may follow in the text.
    case listing
    /// Neither.
    case none
  }

  let family: IPFamily?
  /// The table of `-t`; nil if it is not given.
  let table: TableName?
  let effect: Effect

  /// The commands of iptables in a line; empty for prose that names it.
  static func all(in line: Substring, nesting: Int = 0) -> [IptablesCommand] {
    guard line.hasBytes("tables") || line.hasBytes("nft ") else { return [] }
    return ShellScript(line, hasComments: false).commands.flatMap { words -> [IptablesCommand] in
      guard let index = words.firstIndex(where: { Program($0) != nil }), let program = Program(words[index]),
        isInvocation(words[..<index])
      else { return quoted(words, nesting) }
      return [IptablesCommand(program, Array(words[(index + 1)...]))]
    }
  }

  /// The commands in the argument of `sh -c`.
  private static func quoted(_ words: [String], _ nesting: Int) -> [IptablesCommand] {
    guard nesting < 4 else { return [] }
    return words.filter { $0.contains(" ") }.flatMap { all(in: $0[...], nesting: nesting + 1) }
  }

  /// Programs that run the command in their arguments, and words of the shell.
  private static let runners: Set<String> = [
    "sudo", "kubectl", "k", "oc", "docker", "podman", "nerdctl", "crictl", "ctr", "nsenter", "ip", "ssh",
    "time",
    "timeout", "chroot", "unshare", "env", "minikube", "exec", "then", "do", "if", "else", "!", "--", "{",
  ]

  /// True if the words before a program are a prompt or run it.
  private static func isInvocation(_ before: ArraySlice<String>) -> Bool {
    guard let last = before.last else { return true }
    if last.last.map({ "$#%>:+❯›".contains($0) }) == true || runners.contains(last) { return true }
    let start = before.lastIndex { $0.last.map { "$#%>+❯›".contains($0) } == true }
    let first = before[(start.map { $0 + 1 } ?? before.startIndex)...].first { !$0.contains("=") }
    return first.map { runners.contains(String($0.split(separator: "/").last ?? "")) } ?? true
  }
}

extension IptablesCommand {
  /// A program of iptables or nft.
  struct Program {
    let family: IPFamily?
    let isFileFormat: Bool

    init?(_ word: String) {
      // Most words of a line are none.
      guard word.hasBytes("tables") || word.utf8.suffix(3).elementsEqual("nft".utf8) else { return nil }
      let name = word.split(separator: "/").last.map(String.init) ?? ""
      guard name != "nft" else {
        (family, isFileFormat) = (nil, true)
        return
      }
      var parts = name.split(separator: "-")[...]
      switch parts.popFirst() {
      case "iptables": family = .ipv4
      case "ip6tables": family = .ipv6
      default: return nil
      }
      if let variant = parts.first, ["nft", "legacy"].contains(variant) { parts = parts.dropFirst() }
      isFileFormat = parts.first == "save" || parts.first == "restore"
      guard parts.count == (isFileFormat ? 1 : 0) else { return nil }
    }
  }

  private init(_ program: Program, _ arguments: [String]) {
    var reader = CommandArguments(arguments[...])
    if program.isFileFormat {
      (family, table, effect) = (program.family, nil, .listing)
    } else {
      let effect = reader.read()
      (family, table, self.effect) = (program.family, reader.table, effect)
    }
  }
}
