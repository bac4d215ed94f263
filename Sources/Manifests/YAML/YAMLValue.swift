/// What a text in YAML says, as far as the settings of a proxy need it.
///
/// Annotations hold it; everything else here is JSON, which is read in place.
enum YAMLValue: Equatable {
  /// A plain or quoted text; empty where nothing stands.
  case text(String)
  case list([YAMLValue])
  case map([String: YAMLValue])

  subscript(key: String) -> YAMLValue? {
    if case .map(let members) = self { members[key] } else { nil }
  }

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}

/// What is wrong with a text, or what of YAML is not read here.
struct YAMLProblem: Error, Equatable {
  /// Counted from 1.
  let line: Int
  let text: String
}
