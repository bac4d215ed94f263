/// An invalid value in Envoy's configuration.
package struct MalformedEnvoy: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
