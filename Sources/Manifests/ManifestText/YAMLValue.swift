/// A YAML value, as far as the settings of a proxy need it.
///
/// Only annotations hold YAML; manifests are JSON.
package enum YAMLValue: Equatable {
  /// A string; empty for null.
  case text(String)
  /// An unquoted number or Boolean, as written.
  case literal(String)
  case list([YAMLValue])
  case map([String: YAMLValue])

  package subscript(key: String) -> YAMLValue? {
    if case .map(let members) = self { members[key] } else { nil }
  }

  /// The text of a scalar.
  package var text: String? {
    switch self {
    case .text(let text), .literal(let text): text
    case .list, .map: nil
    }
  }
}

extension YAMLValue {
  private static let booleans = [
    "true": true, "yes": true, "on": true, "false": false, "no": false, "off": false,
  ]

  /// The value of a Boolean; nil for any other value, including quoted strings.
  package var bool: Bool? {
    guard case .literal(let text) = self else { return nil }
    return Self.booleans[text.lowercased()]
  }

  /// An unquoted scalar.
  init(plain text: String) {
    if text == "null" || text == "~" {
      self = .text("")
    } else {
      self = Self.isBool(text) || Self.isNumber(text) ? .literal(text) : .text(text)
    }
  }

  private static func isBool(_ text: String) -> Bool {
    let isOneCase = [
      text.lowercased(), text.uppercased(), text.prefix(1).uppercased() + text.dropFirst().lowercased(),
    ]
    .contains(text)
    return isOneCase && booleans[text.lowercased()] != nil
  }

  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.first, "+-.0123456789".contains(first) else { return false }
    return Double(text) != nil
  }
}

/// A syntax error, or YAML that is not supported.
package struct YAMLProblem: Error, Equatable {
  /// Counted from 1.
  package let line: Int
  package let text: String
}
