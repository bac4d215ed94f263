import RuleCommands
import SystemPackage
import TextOutput

/// A file that the user names for a result, or standard output for `-`.
struct OutputFile {
  private let file: FileDescriptor
  private let name: String

  /// Creates the file, or empties it.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  init(_ path: String) throws(CommandError) {
    name = path == "-" ? "standard output" : path.shellQuoted
    do {
      file =
        path == "-"
        ? .standardOutput
        : try FileDescriptor.open(
          FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw CommandError("\(name) cannot be written: \(error)")
    }
  }

  /// Writes all bytes.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  func write(_ bytes: [UInt8]) throws(CommandError) {
    do {
      try bytes.withUnsafeBytes { bytes in
        var rest = bytes
        while !rest.isEmpty {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(try file.write(rest)))
        }
      }
    } catch {
      throw CommandError("\(name) cannot be written: \(error)")
    }
  }
}
