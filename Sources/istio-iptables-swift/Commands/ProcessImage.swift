import ArgumentParser
import Glibc
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
      status: ExitCode(errno == .noSuchFileOrDirectory ? 127 : 126))
  }

  /// Installs actions for SIGTERM and SIGINT in the first process of a container, which has no default actions. `execve`
  /// resets them.
  static func endOnSignals() {
    guard getpid() == 1 else { return }
    for number in [SIGTERM, SIGINT] { signal(number) { _exit(128 + $0) } }
  }
}
