import FoundationEssentials
import Intercept

/// A value of a JSON text, and where in the text it stands.
///
/// Of a cluster's objects little is asked: a value is looked at when somebody asks for it, and as what they want.
final class JSONNode: Decodable {
  private let decoder: any Decoder
  private let parent: JSONNode?
  private let step: Step
  private lazy var object = try? decoder.container(keyedBy: JSONStep.self)

  /// The way to a value from what it is in.
  private enum Step {
    case none
    case member(String)
    case item(Int)
  }

  private init(_ decoder: any Decoder, in parent: JSONNode?, at step: Step) {
    self.decoder = decoder
    self.parent = parent
    self.step = step
  }

  convenience init(from decoder: any Decoder) {
    self.init(decoder, in: nil, at: .none)
  }

  /// Reads a text.
  ///
  /// - Throws: `ManifestError` where it is no JSON.
  static func read(_ text: some StringProtocol) throws(ManifestError) -> JSONNode {
    guard text.contains(where: { !$0.isWhitespace }) else { throw ManifestError("the text is empty") }
    do {
      return try JSONDecoder().decode(JSONNode.self, from: Data(text.utf8))
    } catch {
      throw ManifestError("this is no valid JSON; have kubectl print it with -o json")
    }
  }

  /// A member by its name; nil where it is absent or null.
  subscript(name: String) -> JSONNode? {
    let key = JSONStep(name)
    guard let object, object.contains(key), (try? object.decodeNil(forKey: key)) == false,
      let decoder = try? object.superDecoder(forKey: key)
    else { return nil }
    return JSONNode(decoder, in: self, at: .member(name))
  }

  /// The items of a list; nil of anything else.
  var items: [JSONNode]? {
    guard var list = try? decoder.unkeyedContainer() else { return nil }
    var items: [JSONNode] = []
    while !list.isAtEnd, let decoder = try? list.superDecoder() {
      items.append(JSONNode(decoder, in: self, at: .item(items.count)))
    }
    return items
  }

  /// The names of an object's members, in order; none of anything else.
  var names: [String] { object?.allKeys.map(\.stringValue).sorted() ?? [] }

  var isObject: Bool { object != nil }
  var isNull: Bool { (try? decoder.singleValueContainer().decodeNil()) ?? false }

  // As a value of one kind; nil if it is none of it.
  var text: String? { try? decoder.singleValueContainer().decode(String.self) }
  var truth: Bool? { try? decoder.singleValueContainer().decode(Bool.self) }
  var whole: Int64? { try? decoder.singleValueContainer().decode(Int64.self) }
  var number: Double? { try? decoder.singleValueContainer().decode(Double.self) }
  var texts: [String]? { try? decoder.singleValueContainer().decode([String].self) }
  var textsByName: [String: String]? { try? decoder.singleValueContainer().decode([String: String].self) }

  /// The way to the value from the text's top: `.items[3].spec`.
  var path: String {
    switch step {
    case .none: ""
    case .member(let name): "\(parent?.path ?? "").\(name)"
    case .item(let index): "\(parent?.path ?? "")[\(index)]"
    }
  }
}

extension JSONNode {
  /// Where a value lies within this one: `spec.ports[0].port`.
  func path(to target: JSONNode) -> String { path(to: target.path) }

  func path(to target: String) -> String {
    let path = path
    let rest = target.hasPrefix(path) ? target.dropFirst(path.count) : target[...]
    return String(rest.first == "." ? rest.dropFirst() : rest)
  }
}

/// The name of a member.
private struct JSONStep: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) {
    stringValue = name
  }

  init(stringValue: String) {
    self.init(stringValue)
  }

  init?(intValue: Int) { nil }
}
