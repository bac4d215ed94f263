import NetworkValues
import TextOutput

/// Variables of a script that are assigned a plain text: `PORT=15001`, `export PORTS="80,443"`.
///
/// Variables with other values, such as the output of a command, are left as they are.
enum ShellVariables {
  /// The lines with the values of variables in commands of iptables.
  static func expanded(_ lines: NumberedLines) -> NumberedLines {
    guard lines.contains(where: { isCommand($0.text[...]) }) else { return lines }
    var variables: [String: String] = [:]
    var expanded = lines.withoutLines
    for line in lines {
      if isCommand(line.text[...]) {
        expanded.append(line.with(ShellScript.expanded(line.text[...], variables)))
      } else {
        if let (name, value) = assignment(line.text[...]) { variables[name] = value }
        expanded.append(line)
      }
    }
    return expanded
  }

  /// True for a command of iptables with a variable.
  private static func isCommand(_ text: Substring) -> Bool {
    text.utf8.contains(UInt8(ascii: "$")) && text.contains("tables ")
  }

  /// The name of a variable and its value; the value is nil if the shell computes it.
  private static func assignment(_ text: Substring) -> (name: String, value: String?)? {
    let rest = text.dropping("export ") ?? text
    let name = rest.prefix(while: ShellScript.isNamePart)
    guard let first = name.first, !first.isNumber, rest[name.endIndex...].first == "=" else { return nil }
    let value = rest[name.endIndex...].dropFirst()
    let isComputed = value.contains { "$`(".contains($0) }
    let words = isComputed ? [] : ShellScript(value).commands.first ?? [""]
    return (String(name), words.first)
  }
}
