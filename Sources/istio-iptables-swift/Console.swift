import Glibc
import SystemPackage

/// The two streams: results go to one, everything else to the other.
enum Console {
  /// Writes a result as it is.
  static func print(_ text: String) throws {
    try FileDescriptor.standardOutput.writeAll(text.utf8)
  }

  /// Says what went wrong.
  static func complain(_ text: String) {
    say("error: ", text)
  }

  /// Says what is not wrong and probably not meant.
  static func warn(_ text: String) {
    say("warning: ", text)
  }

  /// Says what was done.
  static func note(_ text: String) {
    say("", text)
  }

  /// Whether results may be coloured: a person is looking, and has not said no (https://no-color.org).
  static var usesColour: Bool {
    isatty(STDOUT_FILENO) == 1 && Environment.ofProcess["NO_COLOR", default: ""].isEmpty
  }

  /// A broken stream for words must not fail the work they are about.
  private static func say(_ prefix: String, _ text: String) {
    let lines = prefix + text + (text.hasSuffix("\n") ? "" : "\n")
    _ = try? FileDescriptor.standardError.writeAll(lines.utf8)
  }
}
