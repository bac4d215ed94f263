import Foundation

/// A folder with files, removed at the end of its life.
package final class Folder {
  package let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path

  /// - Parameter files: the text of each file, by its path in the folder.
  package init(_ files: [String: String]) throws {
    for (name, text) in files {
      let url = URL(filePath: "\(path)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes an archive with tar.
  ///
  /// - Parameters:
  ///   - options: tar's options, such as `-z`.
  ///   - names: the files and folders in the archive.
  /// - Returns: the archive's path, in the folder.
  package func archive(_ options: String..., of names: [String] = ["."]) throws -> String {
    let file = "\(path).tar.gz"
    try Program.require(["tar"] + options + ["-cf", file, "-C", path] + names)
    let inside = "\(path)/archive.tar.gz"
    try? FileManager.default.removeItem(atPath: inside)
    try FileManager.default.moveItem(atPath: file, toPath: inside)
    return inside
  }
}
