import Manifests

/// Documents of YAML or JSON. As JSON they are read as the same documents.
enum DocumentsReader: FuzzedReader {
  static let name = "yaml"

  static func check(_ input: [UInt8]) {
    var reader = DocumentReader(input)
    while true {
      do {
        guard let tree = try reader.next() else { return }
        check(tree.value, input)
      } catch {
        Oracle.expectMessage(error, input)
      }
    }
  }

  private static func check(_ value: JSONValue, _ input: [UInt8]) {
    let json = value.json
    do {
      let again = try DocumentReader.only(json).value
      Oracle.expect(again == value, "a document that is read otherwise", input, output: json)
    } catch {
      Oracle.expect(false, "a document that cannot be read: \(error)", input, output: json)
    }
  }
}

extension JSONValue {
  /// The value as JSON. A number that no `Double` can hold is one that is too large.
  fileprivate var json: String {
    switch self {
    case .null: "null"
    case .string(let text): text.jsonString
    case .bool(let isTrue): "\(isTrue)"
    case .whole(let number): "\(number)"
    case .number(let number): number.isFinite ? "\(number)" : number < 0 ? "-1e999" : "1e999"
    case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { $0.jsonString + ":" + $1.json }.joined(separator: ",") + "}"
    }
  }
}
