import Foundation
import Glibc
import SystemPackage

/// The end of a program.
package struct Outcome: CustomStringConvertible {
  /// The exit status as a shell has it: 128 plus the signal's number if a signal ended the program.
  package let status: Int32
  /// The text on standard output, with standard error in between unless it was separated.
  package let output: String
  /// The text on standard error, if it was separated.
  package let errors: String

  package var description: String { "status \(status)\n\(output)\(errors)" }
}

/// A program that did not succeed.
package struct ProgramFailure: Error, CustomStringConvertible {
  package let words: [String]
  /// The outcome; nil if the program cannot be started or has not ended in time.
  package let outcome: Outcome?
  let reason: String
  package var description: String { "\(words.joined(separator: " ")): \(reason)" }

  init(_ words: [String], _ outcome: Outcome) {
    (self.words, self.outcome, reason) = (words, outcome, outcome.description)
  }

  init(_ words: [String], _ reason: String) {
    (self.words, outcome, self.reason) = (words, nil, reason)
  }
}

/// Runs a program that must succeed, in the network namespace of the calling thread, and returns its output with its
/// error messages.
@discardableResult
package func run(_ words: String..., input: String = "") throws -> String {
  try Program.require(words, input: input)
}

@discardableResult
package func run(_ words: [String], input: String = "") throws -> String {
  try Program.require(words, input: input)
}

/// A running program, in the network namespace of the thread that started it.
///
/// It has a process group of its own, which ends with it.
package final class Program {
  private let words: [String]
  private let pid: pid_t
  private let output: FileDescriptor
  private let errors: FileDescriptor?
  private var isOver = false

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - environment: All its variables; nil for those of the tests.
  ///   - separatingErrors: True to keep standard error apart from standard output.
  package init(
    _ words: [String], input: String = "", environment: [String: String]? = nil,
    separatingErrors: Bool = false
  ) throws {
    let source = try Self.unnamedFile()
    defer { try? source.close() }
    try source.writeAll(input.utf8)
    try source.seek(offset: 0, from: .start)
    self.words = words
    output = try Self.unnamedFile()
    errors = separatingErrors ? try Self.unnamedFile() : nil
    pid = try Self.spawn(words, environment, [source, output, errors ?? output])
  }

  /// Runs a program to its end.
  package static func run(
    _ words: [String], input: String = "", environment: [String: String]? = nil,
    separatingErrors: Bool = false
  ) throws -> Outcome {
    try Program(words, input: input, environment: environment, separatingErrors: separatingErrors).finish()
  }

  /// Runs a program that must succeed, and returns its output with its error messages.
  @discardableResult
  package static func require(_ words: String..., input: String = "") throws -> String {
    try require(words, input: input)
  }

  @discardableResult
  package static func require(_ words: [String], input: String = "") throws -> String {
    let outcome = try run(words, input: input)
    guard outcome.status == 0 else { throw ProgramFailure(words, outcome) }
    return outcome.output
  }

  deinit {
    if !isOver {
      kill()
      waitpid(pid, nil, 0)
    }
    try? output.close()
    try? errors?.close()
  }

  package func kill() { send(SIGKILL) }

  package func send(_ signal: Int32) { Glibc.kill(-pid, signal) }

  /// Waits for the end of the program. After a minute it counts as hanging.
  package func finish() throws -> Outcome {
    let end = ContinuousClock.now + .seconds(60)
    var pause: UInt32 = 50
    while ContinuousClock.now < end {
      if let status = try status() { return try outcome(status) }
      usleep(pause)
      pause = min(pause * 2, 2000)
    }
    throw ProgramFailure(words, "hangs: \(try outcome(-1))")
  }

  /// Waits, at most ten seconds, until the program has printed some lines.
  package func waitForOutput(lines count: Int) throws {
    for _ in 0..<100 where try Self.text(of: output).split(separator: "\n").count < count { usleep(100_000) }
  }

  private func outcome(_ status: Int32) throws -> Outcome {
    Outcome(status: status, output: try Self.text(of: output), errors: try errors.map(Self.text) ?? "")
  }

  /// The exit status; nil while the program runs.
  private func status() throws -> Int32? {
    var status: Int32 = 0
    let result = waitpid(pid, &status, WNOHANG)
    guard result != -1 || errno == EINTR else { throw Errno(rawValue: errno) }
    if result <= 0 { return nil }
    isOver = true
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }
}

extension Program {
  /// - Parameter files: Standard input, output and error.
  private static func spawn(
    _ words: [String], _ environment: [String: String]?, _ files: [FileDescriptor]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, file) in files.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.rawValue, Int32(number))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of Swift's pool block signals, and a new program inherits that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let arguments = words.map { strdup($0) } + [nil]
    let variables =
      (environment ?? ProcessInfo.processInfo.environment).map { strdup("\($0)=\($1)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    var pid: pid_t = 0
    let result = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, variables)
    guard result == 0 else { throw ProgramFailure(words, "cannot be started: \(Errno(rawValue: result))") }
    return pid
  }

  private static func unnamedFile() throws -> FileDescriptor {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
    unlink(path)
    return file
  }

  private static func text(of file: FileDescriptor) throws -> String {
    let size = Int(try file.seek(offset: 0, from: .end))
    // All empty arrays share one storage, where a write of the count would be a race to ThreadSanitizer.
    guard size > 0 else { return "" }
    let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension String {
  /// The words of a line as a shell splits it. Only single quotes are known.
  package var shellWords: [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    for character in self {
      switch (character, isQuoted) {
      case ("'", _):
        isQuoted.toggle()
        word = word ?? ""
      case (" ", false):
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
