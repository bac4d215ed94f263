import NetworkValues
import TextOutput

/// Variables of a script that are assigned a plain text: `PORT=15001`, `export PORTS="80,443"`, or that name the program:
/// `IPT=$(which iptables)`.
///
/// Variables with other values, such as the output of a command, are left as they are.
enum ShellVariables {
  /// True for a command of iptables with a variable.
  static func isCommand(_ text: Substring) -> Bool {
    text.utf8.contains(UInt8(ascii: "$"))
      && (program(of: text) != nil || text.hasBytes("tables ") && assignment(text) == nil)
  }

  /// The name of the program for a family.
  static func iptables(_ isIPv6: Bool) -> String { isIPv6 ? "ip6tables" : "iptables" }

  /// The variable that is the program of a command of iptables: `$IPT -t nat`, `"${IPT6}" -A INPUT`.
  static func program(of text: Substring) -> String? {
    let words = text.words
    for (word, next) in zip(words, words.dropFirst()) where word.contains("$") {
      let isTable = next == "-t" || next == "--table" || next == "-w"
      guard isTable || RuleCommandName.contains(next) else { continue }
      let name = word.filter { !"\"${}".contains($0) }
      if !name.isEmpty, name.utf8.allSatisfy(ShellScript.isNamePart) { return name }
    }
    return nil
  }

  /// The name of a variable and its value; the value is nil if the shell computes it.
  static func assignment(
    _ text: Substring, _ variables: [String: String] = [:]
  ) -> (name: String, value: String?)? {
    let rest = text.dropping("export ") ?? text
    let name = Substring(rest.utf8.prefix(while: ShellScript.isNamePart))
    guard name.utf8.first?.isDigit == false, let value = rest[name.endIndex...].dropping("=") else {
      return nil
    }
    let known = ShellScript.expanded(value, variables)
    guard isComputed(known) else { return (String(name), ShellScript(known).commands.first?.first ?? "") }
    let isProgram = value.contains("iptables") || value.contains("ip6tables")
    return (String(name), isProgram ? iptables(value.contains("ip6tables")) : nil)
  }

  /// True for a value that the shell computes, such as the output of a command.
  static func isComputed(_ value: String) -> Bool { value.contains { "$`(".contains($0) } }
}
