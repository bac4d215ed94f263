import Glibc
import SystemPackage

/// Reads small files and directories of /proc, whose entries may disappear at any time.
package enum ProcessFiles {
  /// The names in a directory; empty if it cannot be read.
  package static func names(_ folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
          unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        })
    }
    return names
  }

  /// The target of a symbolic link; nil if it cannot be read or has more than 63 bytes.
  package static func link(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
        unsafe buffer.baseAddress.map { unsafe readlink(path, $0, buffer.count) } ?? -1
      }
    }
    guard (0..<bytes.count).contains(count) else { return nil }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Calls a body with the target of each symbolic link in a directory that can be read and has at most 63 bytes.
  package static func forEachLink(in folder: String, _ body: (Span<UInt8>) -> Void) {
    guard let stream = unsafe opendir(folder) else { return }
    defer { unsafe closedir(stream) }
    let directory = unsafe dirfd(stream)
    var bytes = [UInt8](repeating: 0, count: 64)
    while let entry = unsafe readdir(stream) {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
          unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
            unsafe buffer.bindMemory(to: CChar.self).baseAddress.map {
              unsafe readlinkat(directory, name, $0, 64)
            } ?? -1
          }
        }
      }
      if (0..<bytes.count).contains(count) { body(bytes.span.extracting(first: count)) }
    }
  }

  /// The first line of a file, at most 256 bytes; nil if it cannot be read.
  package static func line(_ path: String) -> String? {
    text(path, atMost: 256)?.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first
      .map(String.init)
  }

  /// The lines of a file, as far as its first mebibyte; none if it cannot be read.
  package static func lines(_ path: String) -> [Substring] {
    text(path, atMost: 1 << 20)?.utf8.split(separator: UInt8(ascii: "\n")).map(Substring.init) ?? []
  }

  private static func text(_ path: String, atMost size: Int) -> String? {
    guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
      return nil
    }
    return try? file.closeAfter {
      let bytes = unsafe try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
          let rest = unsafe UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          let read = unsafe try file.read(into: rest)
          if read == 0 { return }
          count += read
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
