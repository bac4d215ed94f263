import Glibc
package import KubernetesObjects
import ManifestText
import SystemPackage
import TextOutput

/// Manifests that the user names: files, archives and directories with all below them, and `-` for standard input.
package struct ManifestInput {
  private static let maximumDepth = 32
  private static let endings = [".yaml", ".yml", ".json"]

  private let paths: [String]

  package init(_ paths: [String]) {
    self.paths = paths
  }

  /// Reads the objects and warns of those that cannot be read.
  ///
  /// - Throws: `CommandError` if a file cannot be read, or if there is no object at all.
  package func readWithWarnings() throws -> ObjectList {
    let list = try read()
    if let error = unreadable(list) { throw error }
    list.problems.forEach { Console.warn($0.message) }
    return list
  }

  /// Reads the objects. Those that cannot be read are among the list's problems.
  ///
  /// - Parameter closed: receives the error of each file that cannot be opened; the others are read if it does not throw.
  /// - Throws: what `closed` throws; or `CommandError` if all files are read and have neither an object nor a problem.
  package func read(closed: (CommandError) throws -> Void = { throw $0 }) throws -> ObjectList {
    var list = ObjectList()
    var isComplete = true
    for path in paths {
      do {
        try read(path, &list)
      } catch let error as CommandError {
        isComplete = false
        try closed(error)
      }
    }
    if isComplete { try refuseNothing(list) }
    return list
  }

  private func read(_ path: String, _ list: inout ObjectList) throws {
    guard Self.isDirectory(path) else {
      let file = InputFile(path)
      for part in try RunningProgram.manifests(in: file) {
        let isWhole = part.name == file.name
        list.add(part.bytes, file: path == "-" && isWhole ? nil : part.name, isNamed: isWhole)
      }
      return
    }
    for file in try Self.files(in: path) { list.add(try InputFile(file).bytes(), file: file, isNamed: false) }
  }

  /// The error of files without an object, if a text in them is not valid; nil if they have objects.
  package func unreadable(_ list: ObjectList) -> CommandError? {
    guard list.kinds.isEmpty, list.problems.allSatisfy({ $0.object == nil }) else { return nil }
    return list.problems.first.map { CommandError($0.message) }
  }

  private func refuseNothing(_ list: ObjectList) throws {
    guard list.kinds.isEmpty, list.problems.isEmpty else { return }
    let names = paths.map { InputFile($0).name }.joined(separator: ", ")
    throw CommandError(
      list.passedOver > 0
        ? "\(names): no Kubernetes object in \(list.passedOver) documents"
        : paths.contains(where: Self.isDirectory)
          ? "\(names): no object in files named *.yaml, *.yml or *.json" : "\(names): the text is empty")
  }

  private static func isDirectory(_ path: String) -> Bool { path != "-" && kind(of: path) == S_IFDIR }

  /// The kind of a file, after symbolic links (`S_IFMT`); nil if there is none.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The manifests in a directory and below, sorted. Hidden files, pipes, devices, and links to directories are passed
  /// over.
  private static func files(in directory: String, depth: Int = 0) throws(CommandError) -> [String] {
    guard depth < maximumDepth else {
      throw CommandError("\(directory.shellQuoted) is nested more than \(maximumDepth) levels deep")
    }
    var files: [String] = []
    for name in try names(in: directory).sorted() where !name.hasPrefix(".") {
      let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
      if !isDirectory(path) {
        // The error of a link to nothing is reported when it is opened.
        let isFile = kind(of: path).map { $0 == S_IFREG } ?? true
        if isFile, endings.contains(where: name.lowercased().hasSuffix) { files.append(path) }
      } else if !isLink(path) {
        files += try self.files(in: path, depth: depth + 1)
      }
    }
    return files
  }

  private static func names(in directory: String) throws(CommandError) -> [String] {
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

extension BrokenObject {
  /// The file, the line and the problem: `app.yaml, line 12: Service app/web: …`.
  fileprivate var message: String {
    "\(location.file ?? InputFile("-").name), line \(location.line): \(error)"
  }
}
