import CNetfilter
import Glibc
import Netlink
public import SystemPackage

/// A small file that is read as a whole. A pipe or device, which might block or have no end, is refused.
public enum RegularFile {
  /// Reads a file; invalid UTF-8 becomes replacement characters.
  ///
  /// - Parameters:
  ///   - path: the absolute path.
  ///   - root: the folder in which the path and its symbolic links are resolved, such as `/proc/PID/root`; nil for that
  ///     of this process.
  ///   - limit: the greatest number of bytes.
  public static func text(
    _ path: String, inRootAt root: String? = nil, atMost limit: Int
  ) throws(RegularFileError) -> String {
    do {
      let file = try open(path, root)
      return try file.closeAfter { try text(of: file, atMost: limit) }
    } catch let error as RegularFileError {
      throw error
    } catch {
      throw .unreadable(error as? Errno ?? .ioError)
    }
  }

  private static func open(_ path: String, _ root: String?) throws -> FileDescriptor {
    // Opening a named pipe must not block.
    let options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
    guard let root else { return try .open(FilePath(path), .readOnly, options: options) }
    let folder = try FileDescriptor.open(
      FilePath(root), .readOnly, options: [.closeOnExec, .directory])
    return try folder.closeAfter {
      let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
      let file = try systemCall { unsafe cnetfilter_open_in_root(folder.rawValue, path, flags) }
      return FileDescriptor(rawValue: file)
    }
  }

  private static func text(of file: FileDescriptor, atMost limit: Int) throws -> String {
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno.current }
    guard status.st_mode & S_IFMT == S_IFREG else { throw RegularFileError.irregular }
    // The size of a file in /proc is 0, and any file may grow meanwhile.
    let bytes = unsafe try [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
      while count <= limit {
        let rest = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let read = unsafe try file.read(into: rest)
        if read == 0 { return }
        count += read
      }
    }
    guard bytes.count <= limit else { throw RegularFileError.tooLarge(limit) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A file that could not be read.
public enum RegularFileError: Error, Hashable, Sendable {
  case unreadable(Errno)
  /// A pipe, device, socket or directory.
  case irregular
  /// More than this number of bytes.
  case tooLarge(Int)
}

extension RegularFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let errno): "cannot be read: \(errno)"
    case .irregular: "is no regular file"
    case .tooLarge(let limit): "is larger than \(limit >> 10) KiB"
    }
  }
}
