import SystemPackage

/// Whole files as text.
enum FileText {
  /// Reads a file; bytes that are no UTF-8 become replacement characters.
  ///
  /// - Throws: `Failure` with the path and the system's reason.
  static func read(_ path: String) throws(Failure) -> String {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
      return try file.closeAfter { try readAll(file) }
    } catch {
      throw Failure("\(path) cannot be read: \(error)")
    }
  }

  /// Reads what is left of standard input.
  static func standardInput() throws(Failure) -> String {
    do {
      return try readAll(.standardInput)
    } catch {
      throw Failure("standard input cannot be read: \(error)")
    }
  }

  private static func readAll(_ file: FileDescriptor) throws -> String {
    var bytes: [UInt8] = []
    while true {
      let part = try [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if part.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += part
    }
  }
}
