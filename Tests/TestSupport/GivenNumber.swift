import Glibc

/// The number that an environment variable gives the tests; nil if it gives none.
package func givenNumber(_ variable: String) -> UInt64? {
  getenv(variable).flatMap { UInt64(String(cString: $0)) }
}
