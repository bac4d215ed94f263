/// A rule that the native form cannot say. No rule of Istio's is one.
public struct NativeFormError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameter subject: what it is, as `iptables-save` writes it.
  static func noForm(_ subject: String, _ because: String = "") -> NativeFormError {
    NativeFormError(description: "\"\(subject)\" has no native form\(because.isEmpty ? "" : ": \(because)")")
  }
}
