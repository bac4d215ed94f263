/// The way to a value from the top of a JSON text.
struct JSONPath {
  static let top = JSONPath("")

  /// As in `.items[3].spec`.
  private let text: String

  private init(_ text: String) {
    self.text = text
  }

  init(_ steps: [any CodingKey]) {
    text = steps.map { step in step.intValue.map { "[\($0)]" } ?? ".\(step.stringValue)" }.joined()
  }

  func member(_ name: String) -> JSONPath { JSONPath("\(text).\(name)") }

  func item(_ index: Int) -> JSONPath { JSONPath("\(text)[\(index)]") }

  /// The rest of the way, from a place on it: `spec.ports[0].port`.
  func from(_ place: JSONPath) -> String {
    let rest = text.hasPrefix(place.text) ? text.dropFirst(place.text.count) : text[...]
    return String(rest.first == "." ? rest.dropFirst() : rest)
  }
}
