import Glibc
import RuleCommands
import SystemPackage

/// The program that this process runs.
enum ProcessImage {
  /// Runs another program in this process; returns only to throw.
  ///
  /// - Parameter words: the program, looked for in `PATH` if it has no slash, and its arguments.
  static func replace(by words: [String]) throws(CommandError) {
    var arguments = words.map { strdup($0) } + [nil]
    execvp(words[0], &arguments)
    let errno = Errno(rawValue: Glibc.errno)
    arguments.forEach { free($0) }
    throw CommandError(
      "cannot run \(words[0]): \(errno)",
      status: ExitStatus(errno == .noSuchFileOrDirectory ? 127 : 126))
  }

  /// The path of another program in the folder of this one.
  static func sibling(_ name: String) -> String {
    let path = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { bytes, count in
      bytes.withMemoryRebound(to: CChar.self) { bytes in
        count = bytes.baseAddress.map { max(0, readlink("/proc/self/exe", $0, bytes.count)) } ?? 0
      }
    }
    let program = FilePath(String(decoding: path, as: UTF8.self))
    return program.removingLastComponent().appending(name).string
  }

  /// Installs actions for SIGTERM and SIGINT in the first process of a container, which has no default actions. `execve`
  /// resets them.
  static func endOnSignals() {
    guard getpid() == 1 else { return }
    for number in [SIGTERM, SIGINT] { signal(number) { _exit(128 + $0) } }
  }
}
