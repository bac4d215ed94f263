import Glibc
import Installation
import Intercept
import Logging
import SystemPackage

/// The two streams: results go to one, everything else to the other.
enum Console {
  /// Writes a result as it is.
  static func print(_ text: String) throws {
    try FileDescriptor.standardOutput.writeWhole(text)
  }

  /// Says what went wrong.
  static func complain(_ text: String) {
    say(text, .error)
  }

  /// Says what is not wrong and probably not meant.
  static func warn(_ text: String) {
    say(text, .warning)
  }

  /// Warns of rules that are installed twice.
  static func warn(_ duplicate: DuplicateInstallation?) {
    if let duplicate { warn(duplicate.description) }
  }

  /// Says what was done.
  static func note(_ text: String) {
    say(text, .info)
  }

  /// Whether results may be coloured: a person is looking, and has not said no (https://no-color.org).
  static var usesColour: Bool {
    isatty(STDOUT_FILENO) == 1 && (Environment.variable("NO_COLOR") ?? "").isEmpty
  }

  private static func say(_ text: String, _ level: Logger.Level) {
    logger.log(level: level, "\(text)")
  }

  /// Reads its options by itself: there may be something to say before the others are read.
  private static let logger = Logger(label: "default") { _ in
    var reader = OptionReader(Options(flags: GoArguments.ofProcess.given))
    return ConsoleLog(LogOptions(reading: &reader))
  }
}

extension FileDescriptor {
  /// Writes all of a text. (`writeAll` is generic, and its types are made anew at every start.)
  func writeWhole(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try write(rest))) }
    }
  }
}
