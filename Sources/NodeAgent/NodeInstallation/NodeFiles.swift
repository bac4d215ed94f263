import Glibc
import SystemPackage

/// Files of a node, replaced by renaming, so that a reader sees the old or the new one whole.
enum NodeFiles {
  /// The maximum size of a network configuration or of a record of a pod.
  private static let maximumText = 4 << 20

  /// Returns the bytes of a file; nil if there is none or it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
    guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: options) else { return nil }
    defer { try? file.close() }
    return try? file.bytes(atMost: maximumText)
  }

  /// Returns the sorted names of a folder; none if it cannot be read.
  static func names(_ folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Replaces a file, with the mode and owner of the one before.
  ///
  /// - Parameters:
  ///   - bytes: the new content.
  ///   - path: the file.
  ///   - model: the file whose mode and owner the new one gets; nil for mode 0600.
  static func replace(_ path: String, with bytes: [UInt8], like model: String?) throws(NodeError) {
    var status = stat()
    let hasModel = model.map { stat($0, &status) == 0 } ?? false
    try write(path, mode: hasModel ? status.st_mode & 0o7777 : 0o600) { file throws(Errno) in
      if hasModel { _ = fchown(file.rawValue, status.st_uid, status.st_gid) }
      try file.write(whole: bytes)
    }
  }

  /// Copies a program, with mode 0755.
  static func copyProgram(_ source: String, to path: String) throws(NodeError) {
    let original: FileDescriptor
    do {
      original = try .open(FilePath(source), .readOnly, options: .closeOnExec)
    } catch {
      throw NodeError(source, "cannot be read", error)
    }
    defer { try? original.close() }
    try write(path, mode: 0o755) { file throws(Errno) in
      var part = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = try Errno.from { try part.withUnsafeMutableBytes { try original.read(into: $0) } }
        if count == 0 { return }
        try file.write(whole: Array(part[..<count]))
      }
    }
  }

  /// True if both files can be read and have the same bytes.
  static func areEqual(_ one: String, _ other: String) -> Bool {
    let files = [one, other].compactMap {
      try? FileDescriptor.open(FilePath($0), .readOnly, options: .closeOnExec)
    }
    defer { files.forEach { try? $0.close() } }
    guard files.count == 2 else { return false }
    var first = [UInt8](repeating: 0, count: 1 << 16)
    var second = first
    while true {
      guard let count = try? files[0].fill(&first), let others = try? files[1].fill(&second),
        count == others, first[..<count] == second[..<count]
      else { return false }
      if count == 0 { return true }
    }
  }

  static func remove(_ path: String) throws(NodeError) {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw NodeError(path, "cannot be removed", Errno(rawValue: errno))
    }
  }

  /// Removes what a program that was killed while it wrote a file has left.
  static func removeRemains(of path: String) throws(NodeError) {
    try remove(temporary(FilePath(path)).string)
  }

  /// Writes a file beside its place and renames it. Programs that write into the same folder take turns, so that a file
  /// which a killed one has left is the next one's to overwrite.
  private static func write(
    _ path: String, mode: mode_t, _ content: (FileDescriptor) throws(Errno) -> Void
  ) throws(NodeError) {
    let temporary = temporary(FilePath(path))
    do {
      let turn = try FolderLock(temporary.removingLastComponent())
      defer { turn.end() }
      do {
        try create(temporary, mode, content)
        guard rename(temporary.string, path) == 0 else { throw Errno(rawValue: errno) }
      } catch {
        unlink(temporary.string)
        throw error
      }
    } catch {
      throw NodeError(path, "cannot be written", error as? Errno ?? .ioError)
    }
  }

  private static func create(
    _ path: FilePath, _ mode: mode_t, _ content: (FileDescriptor) throws(Errno) -> Void
  )
    throws
  {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow], permissions: .ownerReadWrite)
    defer { try? file.close() }
    try content(file)
    guard fchmod(file.rawValue, mode) == 0, fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
  }

  /// The name of a file until it is whole. It begins with a dot and has no extension of a configuration, so that no
  /// runtime reads it.
  private static func temporary(_ path: FilePath) -> FilePath {
    path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "").new")
  }
}

extension FileDescriptor {
  fileprivate func bytes(atMost limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count <= limit {
      let count = try part.withUnsafeMutableBytes { try read(into: $0) }
      if count == 0 { return bytes }
      bytes += part[..<count]
    }
    throw Errno.fileTooLarge
  }

  /// Reads until the buffer is full or the file ends, and returns the number of bytes.
  fileprivate func fill(_ buffer: inout [UInt8]) throws -> Int {
    try buffer.withUnsafeMutableBytes { bytes in
      var count = 0
      while count < bytes.count {
        let more = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
        if more == 0 { break }
        count += more
      }
      return count
    }
  }

  fileprivate func write(whole bytes: [UInt8]) throws(Errno) {
    _ = try Errno.from { try bytes.withUnsafeBytes { try writeAll($0) } }
  }
}

extension Errno {
  /// Runs a body whose only error is an `Errno`.
  fileprivate static func from<Success>(_ body: () throws -> Success) throws(Errno) -> Success {
    do {
      return try body()
    } catch {
      throw error as? Errno ?? .ioError
    }
  }
}
