package import Foundation

/// The files of this project.
package enum Repository {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  package static func url(_ path: String) -> URL { root.appending(path: path) }

  package static func path(_ path: String) -> String { url(path).path }

  package static func text(_ path: String) throws -> String {
    try String(contentsOf: url(path), encoding: .utf8)
  }

  /// The paths of all files below a folder that end so, in alphabetical order.
  package static func files(in folder: String, ending: String) -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path(folder))) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
  }

  /// The lines of a file of cases, `NAME: WORDS`, with comments left out.
  package static func cases(_ path: String) -> [(name: String, line: String)] {
    let lines = (try? text(path))?.split(separator: "\n") ?? []
    return lines.compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard !line.hasPrefix("#"), parts.count == 2 else { return nil }
      return (String(parts[0]), String(parts[1]))
    }
  }
}
