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

  /// The first line of a file, up to 256 bytes; nil if it cannot be read.
  package static func line(_ path: String) -> String? {
    text(path, atMost: 256).map { String($0.prefix { $0 != "\n" }) }
  }

  /// The lines of a file, up to four kilobytes; empty if it cannot be read.
  package static func lines(_ path: String) -> [String] {
    text(path, atMost: 4096)?.split(separator: "\n").map(String.init) ?? []
  }

  private static func text(_ path: String, atMost size: Int) -> String? {
    guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      try? file.closeAfter { try unsafe file.read(into: buffer) }
    }
    return count.map { String(decoding: bytes.prefix($0), as: UTF8.self) }
  }
}
