import Manifests
import Testing

@testable import ManifestText

struct YAMLTests {
  /// Reads the first document of a text.
  private func value(_ text: String) throws -> JSONValue? { try YAMLReader.read(text)?.value }

  @Test func aTypicalAnnotation() throws {
    let value = try value(
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
      folded: >-
        two
        lines
      plain: on two
        lines
      escaped: "\\u0041\\x42\\n"
      interceptionMode: TPROXY
      ...
      """)
    #expect(
      value
        == .object([
          "tracing": .object(["sampling": .whole(10), "tags": .list([.string("a"), .string("b, c")])]),
          "holdApplicationUntilProxyStarts": .bool(true),
          "proxyMetadata": .object([
            "ISTIO_META_DNS_CAPTURE": .string("true"), "URL": .string("http://x:80/#anchor"),
            "QUOTED": .string("it's"), "EMPTY": .null,
          ]),
          "list": .list([
            .string("one"), .object(["name": .string("two"), "port": .whole(2)]), .list([.string("nested")]),
          ]),
          "text": .string("{not a map\n  at all\n"), "folded": .string("two lines"),
          "plain": .string("on two lines"), "escaped": .string("AB\n"), "interceptionMode": .string("TPROXY"),
        ]))
  }

  @Test(arguments: [
    "{ \"a\": true }", "{\"a\":true}", "a: true", "---\na: true\r\n", "{\n  a: yes,\n}", "'a' : On",
    "%YAML 1.1\n---\n? a\n: !!bool y\n", "\u{FEFF}a: True", "{? a : !!bool 'true'}", "&x a: &y true",
  ])
  func spellingsOfOneMap(_ text: String) throws {
    #expect(try value(text) == .object(["a": .bool(true)]))
  }

  @Test(
    arguments: [
      ("true", .bool(true)), ("FALSE", .bool(false)), ("Yes", .bool(true)), ("off", .bool(false)),
      ("n", .bool(false)), ("Y", .bool(true)), ("tRue", .string("tRue")), ("yES", .string("yES")),
      ("", .null), ("~", .null), ("Null", .null), ("nULL", .string("nULL")), ("''", .string("")),
      ("15", .whole(15)), ("+15", .whole(15)), ("-15", .whole(-15)), ("0", .whole(0)), ("-0", .whole(0)),
      ("0x1f", .whole(31)), ("0X1F", .whole(31)), ("-0x1f", .whole(-31)), ("0777", .whole(511)),
      ("0o17", .whole(15)), ("0b101", .whole(5)), ("-0b101", .whole(-5)), ("1_000", .whole(1000)),
      ("08", .whole(8)), ("0x", .string("0x")), ("0b2", .string("0b2")), ("--1", .string("--1")),
      ("9223372036854775807", .whole(.max)), ("-9223372036854775808", .whole(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("-1.5e3", .whole(-1500)), ("1.5", .number(1.5)), (".5", .number(0.5)), ("1.", .whole(1)),
      ("1.e2", .whole(100)), ("+.5e-1", .number(0.05)), (".", .string(".")), ("+.", .string("+.")),
      ("1.2.3", .string("1.2.3")), ("1e400", .string("1e400")), ("e3", .string("e3")),
      ("nan", .string("nan")),
      ("12:30", .string("12:30")), ("2001-12-14", .string("2001-12-14")),
      ("10.0.0.0/8", .string("10.0.0.0/8")),
      ("2001-12-14T21:59:43.10-05:00", .string("2001-12-14T21:59:43.10-05:00")),
      ("\"15\"", .string("15")), ("'true'", .string("true")), ("!!str 15", .string("15")),
      ("! 15", .string("15")), ("!own 15", .string("15")), ("!!int '15'", .whole(15)),
      ("!!float 15", .whole(15)), ("!!null ''", .null), ("!!binary aGk=", .string("hi")),
      ("!<tag:yaml.org,2002:str> 1", .string("1")), ("!!set {a, b}", .object(["a": .null, "b": .null])),
    ] as [(String, JSONValue)])
  func scalarsAreThoseOfGoYAML2(_ text: String, _ expected: JSONValue) throws {
    for yaml in ["a: \(text)", "- \(text)"] {
      let value = try value(yaml)
      #expect(value == .object(["a": expected]) || value == .list([expected]), "\(yaml)")
    }
  }

  @Test(arguments: [
    ("yes: 1", "true"), ("15: 1", "15"), ("0x10: 1", "16"), ("1.50: 1", "1.5"), ("0.25: 1", "0.25"),
    ("1.0: 1", "1"),
    ("007: 1", "7"), ("123456789012345: 1", "123456789012345"), ("'1': 1", "1"),
    ("? |\n  a\n: 1", "a\n"), ("2.0: 1", "2"),
  ])
  func namesAreTexts(_ text: String, _ name: String) throws {
    #expect(try value(text) == .object([name: .whole(1)]))
  }

  @Test func anchorsAndMerges() throws {
    let value = try value(
      """
      base: &base {a: 1, b: [&item x, *item]}
      other: &other {a: 2, c: 3}
      same: *base
      merged: {<<: *base, a: 4}
      before: {a: 4, <<: *base}
      several:
        <<: [*base, *other]
        d: 5
      chained: &chained {<<: *other}
      inline: {<<: {a: 6}, "<<": 7}
      end: {<<: *chained}
      *item : 8
      """)
    let list = JSONValue.list([.string("x"), .string("x")])
    let base = JSONValue.object(["a": .whole(1), "b": list])
    #expect(value?["same"] == base && value?["x"] == .whole(8))
    #expect(value?["merged"] == .object(["a": .whole(4), "b": list]))
    #expect(value?["before"] == base)
    #expect(value?["several"] == .object(["a": .whole(1), "b": list, "c": .whole(3), "d": .whole(5)]))
    #expect(value?["end"] == .object(["a": .whole(2), "c": .whole(3)]))
    #expect(value?["inline"] == .object(["a": .whole(6), "<<": .whole(7)]))
  }

  @Test func emptyTexts() throws {
    #expect(try value("") == nil && value("# only a comment\n") == nil)
    #expect(try value("---\n") == .null && value("{}") == .object([:]))
  }

  @Test(arguments: [
    ("a: 1\n\tb: 2", 2), ("a: 1\n  b: 2", 2), ("a:\n    b: 1\n  c: 2", 3), ("a: 'x", 1), ("a: {b: 1", 1),
    ("a: \"x\" y", 1), ("a: [1", 1), ("a: b: c", 1), ("a: \"\\q\"", 1), ("a: 1\nb: 2\na: 3", 3),
    ("15: 1\n'15': 2", 2), ("a: *b", 1), ("a: &x [*x]", 1), ("? [a]\n: 1", 1), ("a: 1\n~: 2", 2),
    ("a: .inf", 1), ("a: !!int x", 1), ("a: !!binary '?'", 1), ("<<: 1", 1), ("a: &x 1\n<<: [*x]", 2),
    ("a: \u{1}", 1), ("a: !x!y z", 1), ("a: %b", 1), ("a: @b", 1), ("a\nb: c", 2),
  ])
  func invalidTextsAreRejected(_ text: String, _ line: Int) {
    let error = #expect(throws: SyntaxProblem.self) { try YAMLReader.read(text) }
    #expect(error.map { abs($0.line - line) <= 1 } == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    "a: " + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
    (0..<700).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
    String(repeating: "- ", count: 10_000) + "x",
    String(repeating: "? ", count: 10_000) + "x",
    "a: " + String(repeating: "{a: ", count: 60_000),
    // Each anchor adds a level to the one before.
    "- &a0 []\n" + (1..<5000).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined(),
    "- &a0 {b: c}\n" + (1..<5000).map { "- &a\($0) {<<: *a\($0 - 1)}\n" }.joined(),
    // Each anchor has ten times the parts of the one before.
    "- &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      + (1..<40).map { n in "- &a\(n) [\((0..<10).map { _ in "*a\(n - 1)" }.joined(separator: ","))]\n" }
      .joined(),
    String(repeating: "%TAG !a! b\n", count: 20_000) + "--- x",
  ])
  func hostileTextsAreRejected(_ text: String) {
    #expect(throws: SyntaxProblem.self) { try YAMLReader.read(text) }
  }

  @Test(arguments: [
    "a: [" + String(repeating: "1,\n", count: 80_000) + "]",
    "a: {" + (0..<20_000).map { "k\($0): 1,\n" }.joined() + "}",
    (0..<20_000).map { "k\($0): &a\($0) x\n" }.joined(),
    "a: \"" + String(repeating: "\\x41", count: 60_000) + "\"",
    "a: |\n" + String(repeating: "  \n", count: 80_000) + "  x\n",
    "a: b\n" + String(repeating: "#\n", count: 120_000),
  ])
  func longTextsAreRead(_ text: String) throws {
    #expect(try value(text) != nil)
  }
}
