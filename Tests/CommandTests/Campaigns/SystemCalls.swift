import Foundation
import TestSupport

/// The system calls of a run, as strace sees and changes them.
enum SystemCalls {
  struct Call {
    let name: String
    /// The return value; nil if it is no number.
    let result: Int?

    fileprivate init?(_ line: Substring) {
      guard let end = line.firstIndex(of: "(") else { return nil }
      name = String(line[..<end])
      result = line.components(separatedBy: " = ").last.flatMap { Int($0) }
    }
  }

  /// The calls that a run makes, in their order.
  static func made(by command: [String]) throws -> [Call] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    _ = try Program.run(["strace", "-o", file.path] + command)
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.split(separator: "\n").compactMap { Call($0) }
  }

  /// A call by its name and its number among the calls of that name: strace counts each name for itself.
  struct Place: CustomStringConvertible {
    let name: String
    let number: Int

    var description: String { "\(name):when=\(number)" }
  }

  /// The places of calls in a run, in their order.
  static func places(of calls: [Call]) -> [Place] {
    var seen: [String: Int] = [:]
    return calls.map { call in
      seen[call.name, default: 0] += 1
      return Place(name: call.name, number: seen[call.name] ?? 0)
    }
  }

  /// A run some of whose calls do not go as they should: `recvfrom:error=ENOBUFS:when=3`. Calls of those
  /// names alone are formatted.
  static func tampered(_ what: String..., in command: [String], log: String = "/dev/null") -> [String] {
    let names = what.map { $0.prefix { $0 != ":" } }.joined(separator: ",")
    return ["strace", "-o", log, "-e", "trace=\(names)"]
      + what.flatMap { ["-e", "inject=\($0)"] } + command
  }
}
