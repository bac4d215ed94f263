import CNetfilter
import Glibc
public import Intercept
import Netlink
public import SystemPackage

/// A program of iptables-legacy.
struct LegacyProgram: Sendable {
  let name: String

  static func restore(_ family: IPFamily) -> LegacyProgram { LegacyProgram(family, "restore") }

  /// - Parameter name: a program in PATH.
  init(name: String) { self.name = name }

  private init(_ family: IPFamily, _ what: String) {
    switch family {
    case .ipv4: name = "iptables-legacy-\(what)"
    case .ipv6: name = "ip6tables-legacy-\(what)"
    }
  }

  /// Runs the program to its end in the thread's network namespace. It shares standard error.
  ///
  /// - Parameter time: the time limit, after which the program is killed.
  /// - Returns: its standard output.
  func run(
    _ arguments: [String], input: String = "", within time: Duration = .seconds(30)
  ) throws(LegacyError) -> String {
    let output: String
    let status: Int32?
    do throws(Errno) {
      let files = (input: try Self.memory(), output: try Self.memory())
      defer { _ = (try? files.input.close(), try? files.output.close()) }
      (status, output) = try run(arguments, files, input, within: time)
    } catch {
      throw error == .noSuchFileOrDirectory ? .missing(name) : .notRun(name, error)
    }
    guard let status else { throw .hung(name, after: time) }
    guard status == 0 else { throw .failed(name, status: status) }
    return output
  }

  private func run(
    _ arguments: [String], _ files: (input: FileDescriptor, output: FileDescriptor), _ input: String,
    within time: Duration
  ) throws(Errno) -> (status: Int32?, output: String) {
    do {
      try files.input.writeAll(input.utf8)
      try files.input.seek(offset: 0, from: .start)
      let process = try spawn([name] + arguments, files.input, files.output)
      let status = try wait(for: process, until: .now + time)
      let size = Int(try files.output.seek(offset: 0, from: .end))
      try files.output.seek(offset: 0, from: .start)
      return (status, try files.output.readText(atMost: size))
    } catch {
      throw error as? Errno ?? .ioError
    }
  }

  /// An anonymous file: file systems may be read-only, and a pipe may block.
  private static func memory() throws(Errno) -> FileDescriptor {
    FileDescriptor(
      rawValue: try systemCall { unsafe memfd_create("istio-iptables-swift", UInt32(MFD_CLOEXEC)) })
  }

  /// The exit status, 128 plus the number of a signal that ended the program; nil if it was killed at the deadline.
  private func wait(for process: pid_t, until end: ContinuousClock.Instant) throws(Errno) -> Int32? {
    var status: Int32 = 0
    var pause: UInt32 = 100
    while try systemCall({ unsafe waitpid(process, &status, WNOHANG) }) == 0 {
      guard .now < end else {
        kill(process, SIGKILL)
        try systemCall { unsafe waitpid(process, &status, 0) }
        return nil
      }
      usleep(pause)
      pause = min(pause * 2, 5000)
    }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  private func spawn(
    _ words: [String], _ input: FileDescriptor, _ output: FileDescriptor
  ) throws(Errno) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO)
    let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var process: pid_t = 0
    let result = unsafe posix_spawnp(&process, name, &actions, nil, arguments, environ)
    guard result == 0 else { throw Errno(rawValue: result) }
    return process
  }
}

/// A failure to install, remove or read rules with iptables-legacy.
public enum LegacyError: Error, Hashable, Sendable {
  /// The program is not installed.
  case missing(String)
  /// The program could not be run.
  case notRun(String, Errno)
  /// The program did not end in time, and was killed.
  case hung(String, after: Duration)
  /// The program failed and reported the reason on standard error.
  case failed(String, status: Int32)
  /// The kernel does not show the tables of a family.
  case unreadable(IPFamily, Errno)
  /// Other Istio rules are installed.
  case differs([RulesetDiff])
  /// A rule of another program would count as Istio's beside the wanted rules.
  case contested(ContestedRule)
  /// The program succeeded, but the rules are not installed.
  case unverified([RulesetDiff])
  /// A program failed, and so did reverting the changes before it: both errors.
  indirect case stuck(LegacyError, takingBack: LegacyError)
}

extension LegacyError {
  /// True if nothing has changed.
  public var changedNothing: Bool {
    switch self {
    case .missing, .notRun, .hung, .failed, .unreadable, .differs, .contested: true
    case .unverified, .stuck: false
    }
  }
}

extension LegacyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let program): "cannot run \(program): there is no such program in PATH"
    case .notRun(let program, let errno): "cannot run \(program): \(errno)"
    case .hung(let program, let time):
      "\(program) did not end within \(time) and was killed; nothing has changed"
    case .failed(let program, let status): "\(program) ended with status \(status); nothing has changed"
    case .unreadable(let family, let errno): "cannot read the tables of iptables-legacy (\(family)): \(errno)"
    case .differs(let diffs):
      "other Istio rules are already installed; --reconcile replaces them. Differences:\n"
        + diffs.text
    case .contested(let rule): rule.description
    case .unverified(let diffs):
      "iptables-legacy succeeded, but the rules are not installed. Differences:\n" + diffs.text
    case .stuck(let error, let second):
      "\(error); except that part of the rules has changed, and reverting it failed: \(second)"
    }
  }
}

extension [RulesetDiff] {
  fileprivate var text: String {
    filter { !$0.isEmpty }.map { "\($0.family)\n\($0.text())" }.joined(separator: "\n")
  }
}
