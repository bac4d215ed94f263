/// What a text in YAML says, as far as the settings of a proxy need it.
///
/// Annotations hold it; everything else here is JSON, which is read in place.
enum YAMLValue: Equatable {
  /// A text; empty where nothing stands.
  case text(String)
  /// A number or a truth value, as it is written: what stands there without quotes and reads like one.
  case literal(String)
  case list([YAMLValue])
  case map([String: YAMLValue])

  subscript(key: String) -> YAMLValue? {
    if case .map(let members) = self { members[key] } else { nil }
  }

  /// The text of anything that is no list and no map.
  var text: String? {
    switch self {
    case .text(let text), .literal(let text): text
    case .list, .map: nil
    }
  }
}

extension YAMLValue {
  private static let truths = [
    "true": true, "yes": true, "on": true, "false": false, "no": false, "off": false,
  ]

  /// What a truth value says; nil for anything else, texts that look like one included.
  var truth: Bool? {
    guard case .literal(let text) = self else { return nil }
    return Self.truths[text.lowercased()]
  }

  /// What stands somewhere without quotes.
  init(plain text: String) {
    if text == "null" || text == "~" {
      self = .text("")
    } else {
      self = Self.isTruth(text) || Self.isNumber(text) ? .literal(text) : .text(text)
    }
  }

  private static func isTruth(_ text: String) -> Bool {
    let isOneCase = [
      text.lowercased(), text.uppercased(), text.prefix(1).uppercased() + text.dropFirst().lowercased(),
    ]
    .contains(text)
    return isOneCase && truths[text.lowercased()] != nil
  }

  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.first, "+-.0123456789".contains(first) else { return false }
    return Double(text) != nil
  }
}

/// What is wrong with a text, or what of YAML is not read here.
struct YAMLProblem: Error, Equatable {
  /// Counted from 1.
  let line: Int
  let text: String
}
