/// A path template: `/api/{version}/*/**`.
///
/// `*` and `{name}` match one segment, `**` and `{name=**}` any number of them; `{name=a/*}` matches the segments of its
/// pattern. The corresponding message is `envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig`.
public struct EnvoyPathTemplate: Hashable, Sendable {
  public let text: String
  private let segments: [Segment]

  private enum Segment: Hashable, Sendable {
    case literal(String), one
    /// `**` with the text that must follow it in the last segment.
    case rest(suffix: String)
  }

  public init(_ text: String) {
    self.text = text
    segments = Self.expanded(text).split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      part in
      if part == "*" { return .one }
      return part.hasPrefix("**") ? .rest(suffix: String(part.dropFirst(2))) : .literal(String(part))
    }
  }

  /// The template with variables replaced by their patterns.
  private static func expanded(_ text: String) -> String {
    var result = ""
    var variable: String?
    for character in text {
      switch (character, variable) {
      case ("{", _): variable = ""
      case ("}", let name?):
        let pattern = name.drop { $0 != "=" }.dropFirst()
        result += pattern.isEmpty ? "*" : pattern
        variable = nil
      case (_, let name?): variable = name + String(character)
      case (_, nil): result.append(character)
      }
    }
    return result
  }

  /// Matches a path without a query.
  func matches(_ path: some StringProtocol) -> Bool {
    guard path.hasPrefix("/") else { return false }
    let parts = String(path).dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0)
    }
    for (index, segment) in segments.enumerated() {
      if case .rest(let suffix) = segment {
        return parts.count > index && (suffix.isEmpty || parts.last?.hasSuffix(suffix) == true)
      }
      guard index < parts.count, !parts[index].isEmpty else { return false }
      if case .literal(let text) = segment, text != parts[index] { return false }
    }
    return parts.count == segments.count
  }
}
