package import KubernetesObjects
import ManifestText
import TextOutput

/// Manifests that the user names: files, archives and directories with all below them, and `-` for standard input.
package struct ManifestInput {
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
  /// - Parameter closed: receives the error of each file and directory that cannot be opened; the others are read if it
  ///   does not throw.
  /// - Throws: what `closed` throws; or `CommandError` if all files are read and have neither an object nor a problem.
  package func read(closed: (CommandError) throws -> Void = { throw $0 }) throws -> ObjectList {
    var list = ObjectList()
    var isComplete = true
    func skip(_ error: CommandError) throws {
      isComplete = false
      try closed(error)
    }
    for path in paths {
      guard ManifestDirectory.isDirectory(path) else {
        try attempt(skip) { try read(path, &list) }
        continue
      }
      for file in try ManifestDirectory.files(in: path, skip) {
        try attempt(skip) { try readFound(file, &list) }
      }
    }
    if isComplete { try refuseNothing(list) }
    return list
  }

  /// Calls a function with the error of another one.
  private func attempt(_ skip: (CommandError) throws -> Void, _ read: () throws -> Void) throws {
    do {
      try read()
    } catch let error as CommandError {
      try skip(error)
    }
  }

  /// Reads a file or archive that the user names.
  private func read(_ path: String, _ list: inout ObjectList) throws {
    let file = InputFile(path)
    let parts = try RunningProgram.manifests(in: file)
    guard !parts.isEmpty else {
      throw CommandError("\(file.name) is an archive without a file with Kubernetes objects")
    }
    for part in parts {
      let isWhole = part.name == file.name
      list.add(part.bytes, file: path == "-" && isWhole ? nil : part.name, isNamed: isWhole)
    }
  }

  /// Reads a file or archive of a directory, which may have no object.
  private func readFound(_ path: String, _ list: inout ObjectList) throws {
    for part in try RunningProgram.manifests(in: InputFile(path)) {
      list.add(part.bytes, file: part.name, isNamed: false)
    }
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
        : paths.contains(where: ManifestDirectory.isDirectory)
          ? "\(names): no object in files named *.yaml, *.yml, *.json or *.tar.gz"
          : "\(names): the text is empty")
  }
}

extension BrokenObject {
  /// The file, the line and the problem: `app.yaml, line 12: Service app/web: …`.
  fileprivate var message: String {
    "\(location.file ?? InputFile("-").name), line \(location.line): \(error)"
  }
}
