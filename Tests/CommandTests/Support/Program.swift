import Foundation
import Glibc
import SystemPackage

/// What a program came to.
struct Outcome: CustomStringConvertible {
  /// As a shell has it: 128 and the signal's number if a signal ended the program.
  let status: Int32
  /// All that it printed, errors included.
  let output: String

  var description: String { "status \(status)\n\(output)" }
}

/// A program that runs, in the network namespace of the thread that started it.
///
/// It has a process group of its own, so that what it starts ends with it.
final class Program {
  private let pid: pid_t
  private let output: FileDescriptor
  private var isOver = false

  init(_ words: [String]) throws {
    let output = try Self.unnamedFile()
    let pid = try Self.spawn(words, output: output)
    (self.pid, self.output) = (pid, output)
  }

  /// Runs a program to its end.
  static func run(_ words: [String]) throws -> Outcome { try Program(words).finish() }

  /// Runs a program that must succeed, and returns what it printed.
  @discardableResult
  static func require(_ words: String...) throws -> String { try require(words) }

  @discardableResult
  static func require(_ words: [String]) throws -> String {
    let outcome = try run(words)
    guard outcome.status == 0 else { throw ProgramFailure(words: words, outcome: outcome) }
    return outcome.output
  }

  /// Nothing goes on that nobody waits for.
  deinit {
    if !isOver {
      kill()
      waitpid(pid, nil, 0)
    }
    try? output.close()
  }

  func kill() { send(SIGKILL) }

  func send(_ signal: Int32) { Glibc.kill(-pid, signal) }

  /// Waits for the end. A program that has not ended after a minute never will, and is killed.
  func finish() throws -> Outcome {
    for _ in 0..<60_000 {
      if let status = try status() { return Outcome(status: status, output: try text()) }
      usleep(1000)
    }
    throw ProgramFailure(words: [], outcome: Outcome(status: -1, output: "hangs: \(try text())"))
  }

  private func status() throws -> Int32? {
    var status: Int32 = 0
    let result = waitpid(pid, &status, WNOHANG)
    guard result != -1 else { throw Errno(rawValue: errno) }
    if result == 0 { return nil }
    isOver = true
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  private func text() throws -> String {
    let size = Int(try output.seek(offset: 0, from: .end))
    let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = try output.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A program that did not do what it must.
struct ProgramFailure: Error, CustomStringConvertible {
  let words: [String]
  let outcome: Outcome
  var description: String { "\(words.joined(separator: " ")): \(outcome)" }
}

extension Program {
  private static func spawn(_ words: [String], output: FileDescriptor) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of Swift's pool hold signals back, and what they start would too.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var pid: pid_t = 0
    let result = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, environ)
    guard result == 0 else { throw Errno(rawValue: result) }
    return pid
  }

  private static func unnamedFile() throws -> FileDescriptor {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
    unlink(path)
    return file
  }
}
