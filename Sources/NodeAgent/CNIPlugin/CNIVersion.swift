import JSONText

/// A version of the CNI specification that the plugin supports.
public enum CNIVersion: String, CaseIterable, Comparable, Sendable {
  case v0_3_1 = "0.3.1"
  case v0_4_0 = "0.4.0"
  case v1_0_0 = "1.0.0"
  case v1_1_0 = "1.1.0"

  /// The version of answers to requests that name none.
  public static let newest = CNIVersion.v1_1_0

  public static func < (one: CNIVersion, other: CNIVersion) -> Bool { one.position < other.position }

  private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension CNIVersion {
  /// The answer to VERSION: the supported versions as a JSON object.
  public static func answer(to version: String?) -> String {
    let supported = allCases.map { $0.rawValue.jsonString }.joined(separator: ",")
    return #"{"cniVersion":\#((version ?? newest.rawValue).jsonString),"supportedVersions":[\#(supported)]}"#
  }
}
