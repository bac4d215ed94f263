import CNIPlugin
import Glibc
import SystemPackage

/// The chained CNI plugin: reads a request from variables and standard input, and writes its answer to standard output.
@main enum Main {
  /// The maximum size of the network configuration: annotations of 256 KiB, escaped, and the other plugins' parts.
  private static let maximumInput = 8 << 20

  static func main() {
    var run = PluginRun(on: Node())
    let answer = run.answer(environment: variable, input: input())
    if !answer.text.isEmpty {
      try? FileDescriptor.standardOutput.writeWhole(Array((answer.text + "\n").utf8))
    }
    PluginLog(run.configuration).write(run.messages)
    exit(answer.status)
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Reads standard input to its end, or to the limit; a configuration that is cut cannot be read.
  private static func input() -> [UInt8] {
    // A person who tries the program at a terminal gets an error instead of a wait.
    guard isatty(STDIN_FILENO) == 0 else { return [] }
    return (try? FileDescriptor.standardInput.bytes(atMost: maximumInput)) ?? []
  }
}

extension FileDescriptor {
  /// Reads to the end, or to a number of bytes.
  func bytes(atMost limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = try part.withUnsafeMutableBytes { try read(into: $0) }
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    return bytes
  }

  /// Writes all bytes.
  func writeWhole(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try write(rest))) }
    }
  }
}
