import Glibc

/// The variables of this process.
package enum Environment {
  /// The value of a variable. A table of the whole environment would cost more.
  package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
