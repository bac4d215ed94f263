/// The simple commands of a shell's line, split as a POSIX shell does; variables are not expanded.
enum ShellWords {
  /// The words of each command; commands end at `;`, `&`, `|`, `)` and at redirections.
  static func commands(_ line: Substring) -> [[String]] {
    var commands: [[String]] = [[]]
    var word: String?
    var rest = line
    func finish() {
      if let word { commands[commands.count - 1].append(word) }
      word = nil
    }
    while let next = rest.popFirst() {
      switch next {
      case " ", "\t": finish()
      case "'":
        let end = rest.firstIndex(of: "'") ?? rest.endIndex
        word = (word ?? "") + rest[..<end]
        rest = rest[end...].dropFirst()
      case "\"": word = (word ?? "") + doubleQuoted(&rest)
      case "\\": if let escaped = rest.popFirst() { word = (word ?? "") + String(escaped) }
      case ";", "&", "|", "(", ")", "`":
        finish()
        commands.append([])
      case ">", "<":
        // The descriptor before a redirection is a word of its own.
        if word == "1" || word == "2" { word = nil }
        finish()
        rest = rest.drop { $0 == ">" || $0 == "&" || $0 == "<" }.droppingBlanks.drop {
          $0 != " " && $0 != ";"
        }
      default: word = (word ?? "") + String(next)
      }
    }
    finish()
    return commands.filter { !$0.isEmpty }
  }

  private static func doubleQuoted(_ rest: inout Substring) -> String {
    var content = ""
    while let next = rest.popFirst(), next != "\"" {
      guard next == "\\", let escaped = rest.popFirst() else {
        content.append(next)
        continue
      }
      content += "\"\\$`".contains(escaped) ? String(escaped) : "\\" + String(escaped)
    }
    return content
  }
}
