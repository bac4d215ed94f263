import SystemPackage

/// A file or folder of a node that could not be read or changed.
public struct NodeError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ path: String, _ problem: String, _ reason: any Error) {
    let advice = (reason as? Errno) == .readOnlyFileSystem ? "; choose another folder for this platform" : ""
    description = "\(path) \(problem): \(reason)\(advice)"
  }

  init(_ description: String) {
    self.description = description
  }
}
