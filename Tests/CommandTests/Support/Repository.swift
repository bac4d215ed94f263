import Foundation

/// The files of this project that are no sources.
enum Repository {
  private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

  static func path(_ name: String) -> String { root.appending(path: name).path }

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// The names of the files in a folder that end so.
  static func files(in folder: String, ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(ending) }.sorted()
  }
}
