import Glibc
import Installation
import Intercept
import Logging
import SystemPackage
import TextOutput

/// Standard output for results, standard error for messages.
enum Console {
  /// Writes a result. Control characters are escaped, except for line feeds, tabs and the colours of the style.
  static func print(_ text: String) throws {
    try FileDescriptor.standardOutput.writeWhole(text.visible(style))
  }

  /// Writes an error message.
  static func complain(_ text: String) {
    log(text, .error)
  }

  /// Writes a warning: a valid setting or state that is probably a mistake.
  static func warn(_ text: String) {
    log(text, .warning)
  }

  /// Warns of rules that are installed twice.
  static func warn(_ duplicate: DuplicateInstallation?) {
    if let duplicate { warn(duplicate.description) }
  }

  /// Writes a message about completed work.
  static func note(_ text: String) {
    log(text, .info)
  }

  /// Coloured if standard output is a terminal and NO_COLOR is not set (https://no-color.org).
  static let style: TextStyle =
    isatty(STDOUT_FILENO) == 1 && (Environment.variable("NO_COLOR") ?? "").isEmpty ? .coloured : .plain

  private static func log(_ text: String, _ level: Logger.Level) {
    logger.log(level: level, "\(text)")
  }

  /// Reads its options itself, because messages may precede the other options.
  private static let logger = Logger(label: "default") { _ in
    var reader = OptionReader(Options(flags: GoArguments.ofProcess.given))
    return ConsoleLog(LogOptions(reading: &reader))
  }
}

extension FileDescriptor {
  /// Writes all bytes of a text. (`writeAll` is generic: its metadata costs time at every start.)
  func writeWhole(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try write(rest))) }
    }
  }
}
