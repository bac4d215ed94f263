import SystemPackage

/// Whole files as text.
enum FileText {
  /// Reads a file; bytes that are no UTF-8 become replacement characters.
  ///
  /// - Throws: `CommandError` with the path and the system's reason.
  static func read(_ path: String) throws(CommandError) -> String {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
      return try file.closeAfter { try readAll(file) }
    } catch {
      throw CommandError("\(path.shellQuoted) cannot be read: \(error)")
    }
  }

  /// Reads what is left of standard input.
  static func standardInput() throws(CommandError) -> String {
    do {
      return try readAll(.standardInput)
    } catch {
      throw CommandError("standard input cannot be read: \(error)")
    }
  }

  /// Parts are joined at the end, and not one to another: of a cluster's objects each copy counts.
  private static func readAll(_ file: FileDescriptor) throws -> String {
    var parts: [[UInt8]] = []
    repeat { parts.append(try readPart(file)) } while parts.last?.isEmpty == false
    return String(unsafeUninitializedCapacity: parts.reduce(0) { $0 + $1.count }) { text in
      parts.reduce(0) { end, part in text[end...].update(fromContentsOf: part) }
    }
  }

  /// The next part of a file; less than a mebibyte at its end alone.
  private static func readPart(_ file: FileDescriptor) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
      while count < buffer.count {
        let read = try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
        if read == 0 { return }
        count += read
      }
    }
  }
}
