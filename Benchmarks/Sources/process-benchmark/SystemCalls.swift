import Glibc
import Measuring

/// System calls of a program and its children, counted by strace.
struct SystemCalls {
  var all: Int
  var execve: Int

  static let none = SystemCalls(all: 0, execve: 0)

  static func + (left: SystemCalls, right: SystemCalls) -> SystemCalls {
    SystemCalls(all: left.all + right.all, execve: left.execve + right.execve)
  }

  static func counting(_ words: [String]) throws -> SystemCalls {
    let path = try Texts.file("", "strace")
    _ = try Program.run(["strace", "-f", "-qq", "-o", path] + words)
    let lines = try Texts.read(path).split(separator: "\n").filter {
      $0.contains("(") && !$0.contains("resumed>")
    }
    return SystemCalls(
      all: lines.count, execve: lines.count { $0.contains(" execve(") && $0.contains("= 0") })
  }
}
