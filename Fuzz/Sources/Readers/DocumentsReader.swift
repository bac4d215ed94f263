import Manifests

/// Documents of YAML or JSON. As JSON they are read as the same documents.
enum DocumentsReader: FuzzedReader {
  static let name = "yaml"

  static func check(_ input: [UInt8]) {
    var reader = DocumentReader(input)
    while true {
      do {
        guard let tree = try reader.next() else { return }
        check(tree.jsonText, input)
      } catch {
        Oracle.expectMessage(error, input)
      }
    }
  }

  private static func check(_ json: String, _ input: [UInt8]) {
    do {
      let again = try DocumentReader.only(json)
      Oracle.expect(again.jsonText == json, "a document that is read otherwise", input, output: json)
    } catch {
      Oracle.expect(false, "a document that cannot be read: \(error)", input, output: json)
    }
  }
}
