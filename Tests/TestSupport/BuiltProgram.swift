import Foundation

/// The programs of this package that tests run.
package enum BuiltProgram {
  /// The path of a program: in the folder that TESTED_PROGRAMS names, such as that of a release, or else where the tests
  /// were built.
  package static func path(of name: String) -> String { folder.appending(path: name).path }

  private static let folder: URL =
    if let given = ProcessInfo.processInfo.environment["TESTED_PROGRAMS"] {
      URL(filePath: given)
    } else {
      URL(filePath: runningBundle).deletingLastPathComponent()
    }

  private static var runningBundle: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  }
}
