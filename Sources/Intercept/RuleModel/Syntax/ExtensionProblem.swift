package import NetworkValues

/// Why an option, or an extension's options together, cannot be read.
package enum ExtensionProblem: Error, Hashable {
  /// The argument is not what is wanted: `a port 0-65535`.
  case wants(String)
  /// The argument is an address, but not of this family.
  case otherFamily(wanted: IPFamily)
  case notNegatable
  case repeated
  /// iptables would take it, the model has no place for it: the extension is kept as text.
  case notModelled
  /// Anything else, in a sentence.
  case because(String)
}
