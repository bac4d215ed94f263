import NetworkValues
import TextOutput

/// The commands of a script with the values of its variables, and those of loops over words once for each word.
struct ShellExpansion {
  private var variables: [String: String] = [:]
  private var expanded: NumberedLines
  /// The number of lines that loops may still add.
  private var allowance = 10_000

  private init(_ lines: NumberedLines) {
    expanded = lines.withoutLines
  }

  /// The lines of a script expanded; other texts as they are.
  static func expanded(_ lines: NumberedLines) -> NumberedLines {
    guard lines.contains(where: { ShellVariables.isCommand($0.text[...]) }) else { return lines }
    var expansion = ShellExpansion(lines)
    expansion.read(lines)
    return expansion.expanded
  }

  private mutating func read(_ lines: some RandomAccessCollection<NumberedLine>) {
    var rest = lines[...]
    while let line = rest.first {
      let loop = ShellLoop(rest)
      if let loop, unroll(loop) {
        rest = rest.dropFirst(loop.lineCount)
      } else {
        read(line)
        rest = rest.dropFirst()
      }
    }
  }

  /// False if the shell computes the words, or if they are too many: the lines are then read as they are.
  private mutating func unroll(_ loop: ShellLoop) -> Bool {
    let list = ShellScript.expanded(loop.words, variables)
    variables[loop.variable] = nil
    guard !ShellVariables.isComputed(list) else { return false }
    let words = ShellScript(list).commands.first ?? []
    let (count, overflows) = words.count.multipliedReportingOverflow(by: loop.body.count)
    guard !overflows, count <= allowance else { return false }
    allowance -= count
    for word in words {
      variables[loop.variable] = word
      read(loop.body)
    }
    return true
  }

  private mutating func read(_ line: NumberedLine) {
    let text = line.text[...]
    guard ShellVariables.isCommand(text) else {
      if let (name, value) = ShellVariables.assignment(text, variables) { variables[name] = value }
      expanded.append(line)
      return
    }
    if let name = ShellVariables.program(of: text), variables[name] == nil {
      variables[name] = ShellVariables.iptables(name.contains("6"))
    }
    expanded.append(line.with(ShellScript.expanded(text, variables)))
  }
}
