import JSONText
import TextOutput

/// An error object of the CNI specification (section 5, "Error").
public struct CNIError: Error, Hashable, Sendable {
  /// The codes of the specification, and those of this plugin from 100 on.
  public enum Code: UInt, Sendable {
    case incompatibleVersion = 1
    case invalidVariables = 4
    case inputOutput = 5
    case undecodable = 6
    case invalidConfiguration = 7
    /// STATUS: the plugin cannot serve ADD requests.
    case notAvailable = 50
    /// An annotation of the pod has a value that Istio's injector would refuse.
    case invalidAnnotation = 100
    /// The kernel refused the rules, or they could not be verified.
    case notInstalled = 101
    /// CHECK: the live rules are not those of the pod.
    case rulesDiffer = 102
  }

  public let code: Code
  /// One sentence.
  public let message: String
  public let details: String

  public init(_ code: Code, _ message: String, details: String = "") {
    self.code = code
    self.message = message.onOneLine
    self.details = details
  }

  /// The error as the JSON object that the runtime reads from standard output.
  public func json(version: CNIVersion) -> String {
    let details = details.isEmpty ? "" : #","details":\#(details.visible.jsonString)"#
    return #"{"cniVersion":\#(version.rawValue.jsonString),"code":\#(code.rawValue),"#
      + #""msg":\#(message.jsonString)\#(details)}"#
  }
}
