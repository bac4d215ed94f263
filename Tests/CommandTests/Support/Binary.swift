import Foundation
import Glibc

/// The built program, run as others run it.
struct Binary {
  let status: Int32
  let output: String
  let errors: String

  /// Where SwiftPM puts it: beside the tests.
  static let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "istio-iptables-swift").path

  /// Whether this process may make network namespaces.
  static let canUseKernel = geteuid() == 0

  /// Runs the program with these variables alone.
  static func run(_ words: [String], environment: [String: String] = [:]) throws -> Binary {
    try Binary(path, words, environment)
  }

  /// Runs the program in a network namespace of its own; its output goes on with the nf_tables rules that are
  /// there afterwards.
  static func runInNamespace(_ words: [String], environment: [String: String] = [:]) throws -> Binary {
    let script = #""$0" "$@"; status=$?; nft list ruleset; exit $status"#
    return try Binary("/usr/bin/unshare", ["-n", "/bin/sh", "-c", script, path] + words, environment)
  }

  private init(_ program: String, _ words: [String], _ environment: [String: String]) throws {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: program)
    process.arguments = words
    process.environment = environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { given, _ in given }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
