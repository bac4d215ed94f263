import Testing
import TextOutput

/// Characters that a terminal obeys, or that reorder or hide text.
struct VisibleTextTests {
  /// Character, its escape in text, its escape in JSON; C0 characters are escaped by the encoder already.
  private static let unsafe: [(Unicode.Scalar, String, String)] = [
    ("\u{7F}", #"\u{7F}"#, #"\u007f"#),
    ("\u{80}", #"\u{0080}"#, #"\u0080"#),
    ("\u{85}", #"\u{0085}"#, #"\u0085"#),
    ("\u{9B}", #"\u{009B}"#, #"\u009b"#),
    ("\u{9F}", #"\u{009F}"#, #"\u009f"#),
    ("\u{AD}", #"\u{00AD}"#, #"\u00ad"#),
    ("\u{200B}", #"\u{200B}"#, #"\u200b"#),
    ("\u{200E}", #"\u{200E}"#, #"\u200e"#),
    ("\u{2028}", #"\u{2028}"#, #"\u2028"#),
    ("\u{2029}", #"\u{2029}"#, #"\u2029"#),
    ("\u{202A}", #"\u{202A}"#, #"\u202a"#),
    ("\u{202E}", #"\u{202E}"#, #"\u202e"#),
    ("\u{2066}", #"\u{2066}"#, #"\u2066"#),
    ("\u{2069}", #"\u{2069}"#, #"\u2069"#),
    ("\u{FEFF}", #"\u{FEFF}"#, #"\ufeff"#),
    ("\u{E0001}", #"\u{000E0001}"#, #"\udb40\udc01"#),
  ]

  @Test(arguments: unsafe)
  func formatAndSeparatorCharacters(_ scalar: Unicode.Scalar, _ text: String, _ json: String) {
    let line = "a\(scalar)b"
    #expect(line.visible == "a\(text)b")
    #expect(line.onOneLine == "a\(text)b")
    #expect(line.visible(.coloured) == "a\(text)b")
    #expect("\"\(line)\"".visibleJSON == "\"a\(json)b\"")
  }

  @Test(arguments: 0..<0x20)
  func controlCharacters(_ value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let escaped = scalar.escaped(asASCII: true)
    #expect("a\(scalar)b".onOneLine == "a\(escaped)b")
    let isKept = scalar == "\n" || scalar == "\t"
    #expect("a\(scalar)b".visible == (isKept ? "a\(scalar)b" : "a\(escaped)b"))
  }

  @Test(arguments: ["", "-A OUTPUT -j \"ISTIO_OUTPUT\" 'x' \\", "é … 网格 😀", "a\u{301}"])
  func everythingElseStays(_ text: String) {
    #expect(text.visible == text && text.onOneLine == text && text.visibleJSON == text)
  }

  @Test func onlyTheProgramsOwnColoursReachATerminal() {
    let coloured = "ok\u{1B}[2J\n".coloured(.red, .coloured)
    #expect(coloured == "\u{1B}[31mok\\u{1B}[2J\u{1B}[0m\n")
    #expect(coloured.visible(.coloured) == coloured)
    #expect(coloured.visible(.plain) == "\\u{1B}[31mok\\u{1B}[2J\\u{1B}[0m\n")
    #expect("\u{1B}[8mx\u{1B}[31;1my\u{1B}".visible(.coloured) == "\\u{1B}[8mx\\u{1B}[31;1my\\u{1B}")
    #expect("x\n".coloured(.red, .plain) == "x\n")
  }

  @Test(arguments: [
    ("80", "80"), ("istio-proxy,1337", "istio-proxy,1337"), ("", "''"), ("*", "'*'"), ("a b", "'a b'"),
    ("it's", #"'it'\''s'"#), ("a\nb", #"'a\nb'"#),
  ])
  func wordsForAShell(_ text: String, _ quoted: String) {
    #expect(text.shellQuoted == quoted)
  }

  @Test func aQuotedTextIsBounded() {
    #expect("a\nb".quotedForMessage == #"'a\nb'"#)
    let long = String(repeating: "\u{1B}", count: 100_000).quotedForMessage
    #expect(long.hasSuffix("(100000 bytes)") && long.utf8.count < 1000)
  }
}
