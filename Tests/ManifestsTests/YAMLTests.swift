import Testing

@testable import ManifestText

struct YAMLTests {
  @Test func aTypicalAnnotation() throws {
    let value = try YAMLReader.read(
      """
      # settings
      tracing: {sampling: 10.0, tags: [a, 'b, c']}   # a comment
      holdApplicationUntilProxyStarts: true
      proxyMetadata:
        ISTIO_META_DNS_CAPTURE: "true"
        URL: http://x:80/#anchor
        QUOTED: 'it''s'
        EMPTY:
      list:
      - one
      - name: two
        port: 2
      -
        - nested
      text: |
        {not a map
          at all
      interceptionMode: TPROXY
      """)
    #expect(value["holdApplicationUntilProxyStarts"] == .literal("true"))
    #expect(
      value["proxyMetadata"]
        == .map([
          "ISTIO_META_DNS_CAPTURE": .text("true"), "URL": .text("http://x:80/#anchor"),
          "QUOTED": .text("it's"),
          "EMPTY": .text(""),
        ]))
    #expect(
      value["tracing"] == .map(["sampling": .literal("10.0"), "tags": .list([.text("a"), .text("b, c")])]))
    #expect(
      value["list"]
        == .list([
          .text("one"), .map(["name": .text("two"), "port": .literal("2")]), .list([.text("nested")]),
        ]))
    #expect(value["text"] == .text("{not a map\nat all"))
    #expect(value["interceptionMode"] == .text("TPROXY"))
  }

  @Test(arguments: [
    "{ \"holdApplicationUntilProxyStarts\": true }", "{\"holdApplicationUntilProxyStarts\":true}",
    "holdApplicationUntilProxyStarts: true", "---\nholdApplicationUntilProxyStarts: true\r\n",
    "{\n  holdApplicationUntilProxyStarts: true,\n}", "'holdApplicationUntilProxyStarts' : true",
  ])
  func spellingsOfOneMap(_ text: String) throws {
    #expect(try YAMLReader.read(text) == .map(["holdApplicationUntilProxyStarts": .literal("true")]))
  }

  @Test(arguments: [
    ("true", true), ("FALSE", true), ("Yes", true), ("off", true), ("tRue", false), ("15", true),
    ("-1.5e3", true),
    ("0x1f", true), ("1.2.3", false), ("nan", false), ("\"15\"", false), ("'true'", false), ("a1", false),
  ])
  func unquotedNumbersAndBooleansAreLiterals(_ text: String, _ isLiteral: Bool) throws {
    for yaml in ["a: \(text)", "{a: \(text)}"] {
      let value = try YAMLReader.read(yaml)["a"]
      let plain = text.filter { !"'\"".contains($0) }
      #expect(value == (isLiteral ? .literal(plain) : .text(plain)), "\(yaml)")
    }
  }

  @Test func emptyTexts() throws {
    #expect(try YAMLReader.read("") == .map([:]))
    #expect(try YAMLReader.read("{}") == .map([:]))
    #expect(try YAMLReader.read("a: ~")["a"] == .text(""))
  }

  @Test(arguments: [
    ("a: &x 1", 1, "begins with '&', which is not supported"), ("just words", 1, "is not 'name: value'"),
    ("a: 1\n\tb: 2", 2, "is indented with a tab"),
    ("a: 1\n  b: 2", 2, "continues the text of the line before; write it on one line"),
    ("a:\n    b: 1\n  c: 2", 3, "is indented too far"),
    ("  a: 1\nb: 2", 2, "is indented differently from the lines before"),
    ("a: 'x", 1, "has an unclosed quote"), ("a: {b: 1", 1, "has no closing '}'"),
    ("a: \"x\" y", 1, "has text after its value"), ("a: [1", 1, "has no closing ']'"),
    ("a: b: c", 1, "has a second colon; put the value in quotes"),
    ("a: b:", 1, "has a second colon; put the value in quotes"),
    ("a: \"\\q\"", 1, "has an unsupported escape sequence"), ("{x}", 1, "is not '{name: value}'"),
  ])
  func unsupportedYAMLIsRejected(_ text: String, _ line: Int, _ problem: String) {
    #expect(throws: YAMLProblem(line: line, text: problem)) { try YAMLReader.read(text) }
  }

  @Test func deepNestingIsRejected() {
    for text in [
      "a: " + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
      (0..<200).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
      String(repeating: "- ", count: 10_000) + "x",
    ] {
      #expect(throws: YAMLProblem.self) { try YAMLReader.read(text) }
    }
  }
}
