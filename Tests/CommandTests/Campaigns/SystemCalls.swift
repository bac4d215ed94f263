import Foundation

/// The system calls of a run, as strace sees and changes them.
enum SystemCalls {
  /// The names of the calls that a run makes, in their order.
  static func names(of command: [String]) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Program.require(["strace", "-o", file.path] + command)
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      line.firstIndex(of: "(").map { String(line[..<$0]) }
    }
  }

  /// A run one of whose calls does not go as it should: `recvmsg:error=ENOBUFS:when=3`.
  static func tampered(_ what: String, _ command: [String]) -> [String] {
    ["strace", "-o", "/dev/null", "-e", "inject=\(what)"] + command
  }
}
