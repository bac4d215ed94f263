import Glibc

/// The variables of this process.
enum Environment {
  /// One by one: most of an environment is about something else.
  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
