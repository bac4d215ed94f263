import Glibc
import Intercept
import ManifestText
import SystemPackage
import TextOutput

/// A file that the user names, or standard input for `-`.
package struct InputFile {
  /// The path as the user writes it.
  package let path: String
  /// Greatest number of bytes that are read.
  package let sizeLimit: Int

  /// - Parameter sizeLimit: the greatest number of bytes that is read.
  package init(_ path: String, sizeLimit: Int = 512 << 20) {
    self.path = path
    self.sizeLimit = sizeLimit
  }

  /// The file's name in messages.
  package var name: String { path == "-" ? "standard input" : path }

  /// Reads the whole file; invalid UTF-8 becomes replacement characters.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  package func read() throws(CommandError) -> String { String(decoding: try bytes(), as: UTF8.self) }

  /// Reads the whole file.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  package func whole() throws(CommandError) -> InputPart { InputPart(name: name, bytes: try bytes()) }

  /// Reads the bytes of the whole file.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  package func bytes() throws(CommandError) -> [UInt8] {
    let file = try opened()
    defer { if path != "-" { try? file.close() } }
    do {
      return try bytes(of: file)
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError("\(shownPath) cannot be read: \(error)")
    }
  }

  /// Reads the file line by line while it grows, with bounded memory.
  ///
  /// - Throws: `CommandError` with the file's name and the reason; or what `body` throws.
  package func forEachLine(_ body: (Span<UInt8>) throws -> Void) throws {
    var splitter = LineSplitter()
    try forEachChunk { chunk in try splitter.read(chunk, body) }
    try splitter.finish(body)
  }

  /// Reads the file chunk by chunk while it grows.
  ///
  /// - Throws: `CommandError` with the file's name and the reason; or what `body` throws.
  package func forEachChunk(_ body: (Span<UInt8>) throws -> Void) throws {
    let file = try opened()
    defer { if path != "-" { try? file.close() } }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count: Int
      do {
        count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
      } catch {
        throw CommandError("\(shownPath) cannot be read: \(error)")
      }
      if count == 0 { return }
      try body(buffer.span.extracting(first: count))
    }
  }

  private func opened() throws(CommandError) -> FileDescriptor {
    if path == "-" { return .standardInput }
    let file: FileDescriptor
    do {
      // Opening a named pipe must not block.
      file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw CommandError("\(shownPath) cannot be read: \(error)")
    }
    if let kind = file.endlessKind {
      try? file.close()
      throw CommandError("\(shownPath) is a \(kind), not a file; give its text on standard input, as -")
    }
    _ = fcntl(file.rawValue, F_SETFL, 0)
    return file
  }

  private var shownPath: String { path == "-" ? name : path.shellQuoted }

  /// Reads the whole file and parses it.
  ///
  /// - Throws: `CommandError` with the file's name and the reason.
  package func parse<Value>(_ parse: (String) throws -> Value) throws(CommandError) -> Value {
    let text = try read()
    do {
      return try parse(text)
    } catch let error as ManifestError {
      throw CommandError("\(name)\(error.line.map { ", line \($0)" } ?? ""): \(error)")
    } catch {
      throw CommandError("\(name): \(error)")
    }
  }

  /// The bytes from the position of a file to its end, without a copy if its size is known.
  private func bytes(of file: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(remainingSize(of: file))
    while true {
      let part = try Self.part(of: file)
      guard !part.isEmpty else { return bytes }
      bytes += part
      guard bytes.count <= sizeLimit else {
        throw CommandError("\(shownPath) is larger than \(sizeLimit >> 20) MiB")
      }
    }
  }

  /// The number of bytes to the end of a file, up to the size limit; 0 for a pipe.
  private func remainingSize(of file: FileDescriptor) -> Int {
    guard let start = try? file.seek(offset: 0, from: .current),
      let end = try? file.seek(offset: 0, from: .end),
      (try? file.seek(offset: start, from: .start)) != nil
    else { return 0 }
    return max(0, min(Int(end - start), sizeLimit))
  }

  /// The next mebibyte of a file; less only at its end.
  private static func part(of file: FileDescriptor) throws -> [UInt8] {
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

extension FileDescriptor {
  /// The kind of a file that may have no end, or block until another program writes. Nil for regular files, for the
  /// null device, for terminals, and for pipes of a shell (`<(command)`), which have a writer.
  fileprivate var endlessKind: String? {
    guard let status = status(of: rawValue) else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFIFO: return isNamedPipe ? "named pipe" : nil
    case S_IFSOCK: return "socket"
    case S_IFBLK: return "block device"
    // The null device has major number 1 and minor number 3.
    case S_IFCHR: return status.st_rdev == 1 << 8 | 3 || isatty(rawValue) == 1 ? nil : "device"
    default: return nil
    }
  }

  /// True for a pipe with a path; the link of another one is `pipe:[N]`.
  private var isNamedPipe: Bool {
    var link = [CChar](repeating: 0, count: 7)
    let count = readlink("/proc/self/fd/\(rawValue)", &link, link.count - 1)
    return count != 6
      || String(decoding: link.prefix(6).map(UInt8.init(bitPattern:)), as: UTF8.self) != "pipe:["
  }
}

/// The status of an open file; nil if it cannot be read.
private func status(of file: CInt) -> stat? {
  var status = stat()
  return fstat(file, &status) == 0 ? status : nil
}
