import Glibc

/// The variables of this process.
enum Environment {
  /// One by one: few are asked for, and a table of all takes longer to make than everything that options come to.
  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
