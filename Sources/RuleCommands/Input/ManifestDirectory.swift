import Glibc
import SystemPackage
import TextOutput

/// The manifests and archives in a directory.
enum ManifestDirectory {
  private static let maximumDepth = 32
  private static let endings = [".yaml", ".yml", ".json", ".tar.gz"]

  static func isDirectory(_ path: String) -> Bool { path != "-" && kind(of: path) == S_IFDIR }

  /// The kind of a file, after symbolic links (`S_IFMT`); nil if there is none.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The files in a directory and below, sorted. Hidden files, pipes, devices, and links to directories are passed over.
  ///
  /// - Parameter skip: receives the error of each directory that cannot be read.
  /// - Throws: what `skip` throws.
  static func files(
    in directory: String, depth: Int = 0, _ skip: (CommandError) throws -> Void
  ) throws -> [String] {
    let names: [String]
    do throws(CommandError) {
      names = try self.names(in: directory, depth)
    } catch {
      try skip(error)
      return []
    }
    var files: [String] = []
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
      if !isDirectory(path) {
        // The error of a link to nothing is reported when it is opened.
        let isFile = kind(of: path).map { $0 == S_IFREG } ?? true
        if isFile, endings.contains(where: name.lowercased().hasSuffix) { files.append(path) }
      } else if !isLink(path) {
        files += try self.files(in: path, depth: depth + 1, skip)
      }
    }
    return files
  }

  private static func names(in directory: String, _ depth: Int) throws(CommandError) -> [String] {
    guard depth < maximumDepth else {
      throw CommandError("\(directory.shellQuoted) is nested more than \(maximumDepth) levels deep")
    }
    guard let stream = opendir(directory) else {
      throw CommandError("\(directory.shellQuoted) cannot be read: \(Errno(rawValue: errno))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let size = MemoryLayout.size(ofValue: entry.pointee.d_name)
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: size) { String(cString: $0) }
        })
    }
    return names
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
