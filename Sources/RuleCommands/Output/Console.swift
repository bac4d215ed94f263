import Glibc
package import Installation
import Intercept
package import SystemPackage
package import TextOutput

/// Standard output for results, standard error for messages.
package enum Console {
  /// Writes a result. Control characters are escaped, except for line feeds, tabs and the colours of the style.
  package static func print(_ text: String) throws {
    try FileDescriptor.standardOutput.writeWhole(text.visible(style))
  }

  /// Writes an error message.
  package static func complain(_ text: String) {
    log(text, .error)
  }

  /// Writes a warning: a valid setting or state that is probably a mistake.
  package static func warn(_ text: String) {
    log(text, .warning)
  }

  /// Warns of rules that are installed twice.
  package static func warn(_ duplicate: DuplicateInstallation?) {
    if let duplicate { warn(duplicate.description) }
  }

  /// Writes a message about completed work.
  package static func note(_ text: String) {
    log(text, .info)
  }

  /// Coloured if standard output is a terminal and NO_COLOR is not set (https://no-color.org).
  package static let style: TextStyle =
    isatty(STDOUT_FILENO) == 1 && (Environment.variable("NO_COLOR") ?? "").isEmpty ? .coloured : .plain

  private static func log(_ text: String, _ level: ConsoleLog.Level) { messages.write(text, level) }

  /// Reads its options itself, because messages may precede the other options.
  private static let messages = {
    var reader = OptionReader(.ofProcess(nil))
    return ConsoleLog(LogOptions(reading: &reader))
  }()
}

extension FileDescriptor {
  /// Writes all bytes of a text. (`writeAll` is generic: its metadata costs time at every start.)
  package func writeWhole(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try write(rest))) }
    }
  }
}
