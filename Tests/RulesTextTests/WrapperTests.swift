import Intercept
import Testing

/// Rules inside the output of logs, consoles and documents.
@Suite struct WrapperTests {
  typealias Wrapper = @Sendable (String) -> String

  static let wrappers: [(name: String, wrap: Wrapper)] = [
    ("kubectl --prefix", { $0.mapLines { "[pod/web-0/istio-init] \($0)" } }),
    ("stern", { $0.mapLines { "web-0 istio-init \($0)" } }),
    ("the name of a pod", { $0.mapLines { "istio-cni-node-x7f2k \($0)" } }),
    ("stern with an angle", { $0.mapLines { "web-0 › istio-init \($0)" } }),
    ("cat -n", numbered { "    \($0)\t\($1)" }),
    ("grep -n", numbered { "\($0 * 3):\($1)" }),
    ("an editor's numbers", numbered { "\($0) | \($1)" }),
    ("grep -Hn", numbered { "dump/rules.txt:\($0 * 3):\($1)" }),
    ("grep -H", { $0.mapLines { "web-0.txt:\($0)" } }),
    ("grep -nA", { numbered { $0 % 5 == 0 ? "\($0)-\($1)" : "\($0):\($1)" }($0) + "--\n" }),
    (
      "a new file of git diff",
      { "--- /dev/null\n+++ b/rules\n@@ -0,0 +1,28 @@\n\($0.mapLines { "+\($0)" })" }
    ),
    ("a table of Markdown", { "| rule | why |\n|---|---|\n\($0.mapLines { "| `\($0)` | needed |" })" }),
    ("a quotation with a name", { $0.mapLines { "JD> \($0)" } }),
    ("a quotation with bars", { $0.mapLines { "| \($0)" } }),
    ("a list", { $0.mapLines { "- \($0)" } }),
    ("a list of code", { $0.mapLines { "* `\($0)`  " } }),
    ("a numbered list", numbered { "\($0). \($1)" }),
    ("dmesg", { $0.mapLines { "[   12.345678] \($0)" } }),
    ("a chat", { $0.mapLines { "[03:04:05] <jd> \($0)" } }),
    ("log4j", { $0.mapLines { "2026-01-02 03:04:05,678 INFO [main] rules.Dump - \($0)" } }),
    ("HTML", { "<pre><code>\($0)</code></pre>\n" }),
    ("lines of HTML", { $0.mapLines { "<p>\($0)<br/></p>" } }),
    ("BBCode", { "[code]\($0)[/code]\n" }),
    ("dashes of a word processor", { $0.replacing("--", with: "\u{2013}") }),
    ("long dashes", { $0.replacing("--", with: "\u{2014}") }),
    ("typographic hyphens", { $0.replacing("-", with: "\u{2011}") }),
    ("escapes of Markdown", { $0.replacing("_", with: "\\_").replacing("*", with: "\\*") }),
    ("a narrow window", cut(at: 80)),
    ("a mail program's width", wrapped(at: 72)),
    ("comments after rules", { $0.mapLines { $0.hasPrefix("-") ? "\($0)   # the \"next\" one" : "\($0)" } }),
    ("empty lines", { $0.replacing("\n", with: "\n\n") }),
    ("syslog with a priority", { $0.mapLines { "<6>Jan  2 03:04:05 node1 istio[77]: \($0)" } }),
    ("details", { "<details><summary>rules</summary>\n<pre>\n\($0)</pre></details>\n" }),
    ("docker compose", { $0.mapLines { "web-1  | \($0)" } }),
    ("CRI", { $0.mapLines { "2026-01-02T03:04:05.678901234Z stdout F \($0)" } }),
    (
      "CRI in parts",
      {
        $0.mapLines {
          let half = $0.index($0.startIndex, offsetBy: $0.count / 2)
          let time = "2026-01-02T03:04:05Z stdout"
          return "\(time) P \($0[..<half])\n\(time) F \($0[half...])"
        }
      }
    ),
    ("kubectl --timestamps", { $0.mapLines { "2026-01-02T03:04:05.678901234Z \($0)" } }),
    (
      "Docker JSON",
      { $0.mapLines { #"{"log":\#(Samples.json("\($0)\n")),"stream":"stdout","time":"2026-01-02"}"# } }
    ),
    ("klog", { $0.mapLines { "I0102 03:04:05.678901       1 main.go:42] \($0)" } }),
    ("zap", { $0.mapLines { "2026-01-02T03:04:05.678Z\tinfo\t\($0)" } }),
    ("zap with a caller", { $0.mapLines { "2026-01-02T03:04:05.678Z\tinfo\tcmd/root.go:12\t\($0)" } }),
    ("syslog", { $0.mapLines { "Jan  2 03:04:05 node1 istio[77]: \($0)" } }),
    ("logfmt", { $0.mapLines { "time=2026-01-02T03:04:05Z level=info msg=\(Samples.json(String($0)))" } }),
    ("JSON object", { #"{"level":"info","msg":"rules","rules":\#(Samples.json($0))}"# }),
    ("JSON object, twice encoded", { #"{"log":\#(Samples.json(#"{"rules":\#(Samples.json($0))}"#))}"# }),
    ("JSON over several lines", { "{\n  \"kind\": \"Report\",\n  \"iptables\": \(Samples.json($0))\n}\n" }),
    (
      "escaped in a log's line",
      { "2026-01-02T03:04:05Z info applied: \(Samples.json($0).dropFirst().dropLast())" }
    ),
    ("escaped twice", { Samples.json(Samples.json($0)) }),
    ("Markdown fence", { "Here are my rules:\n\n```bash\n\($0)```\nWhat is wrong?\n" }),
    ("Markdown quote", { $0.mapLines { "> > \($0)" } }),
    ("terminal window", { $0.mapLines { "│ \($0)        │" } }),
    ("indentation", { $0.mapLines { "\t    \($0)" } }),
    ("prompt", { "root@web-0:/# iptables-save\n\($0)root@web-0:/# exit\n" }),
    ("kubectl", { "$ kubectl exec web-0 -c istio-proxy -- iptables-save\n\($0)" }),
    ("ANSI colours", { $0.mapLines { "\u{1b}[32m\($0)\u{1b}[0m" } }),
    ("byte order mark and CRLF", { "\u{feff}" + $0.replacing("\n", with: "\r\n") }),
    ("no-break spaces", { $0.replacing(" ", with: "\u{a0}") }),
    ("tabs", { $0.replacing(" ", with: "\t") }),
    ("escaped asterisk", { $0.replacing("*", with: "\\* ") }),
    ("fields after COMMIT", { $0.replacing("COMMIT", with: "COMMIT  ns=a pod=web-0") }),
    (
      "log's lines between the rules",
      { $0.replacing("COMMIT", with: "2026-01-02T03:04:05.678Z\twarn\tunrelated message\nCOMMIT") }
    ),
    ("the same twice", { $0 + $0 }),
    (
      "a log that prints the commands as well",
      { Samples.commands($0) { "info Running command: iptables -t \($0)" } + $0 }
    ),
  ]

  private static func numbered(_ prefix: @escaping @Sendable (Int, Substring) -> String) -> Wrapper {
    { text in
      text.split(separator: "\n").enumerated().map { prefix($0.offset + 1, $0.element) + "\n" }.joined()
    }
  }

  /// Cuts lines at a column.
  private static func cut(at width: Int) -> Wrapper {
    { text in
      text.mapLines { line in
        stride(from: 0, to: line.count, by: width).map { line.dropFirst($0).prefix(width) }
          .joined(separator: "\n")
      }
    }
  }

  /// Splits lines between words.
  private static func wrapped(at width: Int) -> Wrapper {
    { text in
      text.mapLines { line in
        line.split(separator: " ").reduce(into: "") { whole, word in
          let last = whole.split(separator: "\n").last?.count ?? 0
          whole += whole.isEmpty ? word : (last + 1 + word.count > width ? "\n" : " ") + word
        }
      }
    }
  }

  @Test(arguments: ["stern", "cat -n", "syslog", "kubectl --prefix", "CRI"])
  func aListingOfNftIsReadInAWrapper(_ name: String) throws {
    let listing = "table ip nat {\n\tchain OUTPUT {\n\t\ttcp dport 80 counter accept\n\t}\n\n}\n"
    let wrap = try #require(Self.wrappers.first { $0.name == name }).wrap
    let text = name == "cat -n" ? listing.replacing("\n\n", with: "\n") : listing
    let source = try #require(PastedText(Array(wrap(text).utf8)).nftListing, "\(name)")
    #expect(source.text.contains("\ntcp dport 80 counter accept\n"), "\(name): \(source.text)")
    #expect(!source.text.contains("web-0") && !source.text.contains("node1"), "\(name): \(source.text)")
  }

  @Test func declarationsOfALogAreRead() throws {
    let policy = Samples.save.replacing(":OUTPUT ACCEPT", with: ":OUTPUT DROP")
    let read = try RulesText.read(policy.mapLines { "[pod/web-0/istio-init] \($0)" })
    #expect(read.report.remarks.isEmpty && read.report.passedOver.count == 0, "\(read.report)")
    #expect(try read.rulesets == RulesText.read(policy).rulesets)
  }

  @Test(arguments: wrappers.indices)
  func theRulesAreReadInEveryWrapper(_ index: Int) throws {
    let (name, wrap) = Self.wrappers[index]
    let read = try RulesText.read(wrap(Samples.save))
    #expect(read.rulesets.map(\.family) == [.ipv4] && read.differences == 0, "\(name): \(read.report)")
    #expect(read.report.forms == [.save] && read.report.gap == nil, "\(name): \(read.report)")
    #expect(try RulesText.read(wrap(Samples.changed)).differences == 1, "\(name)")
  }

  @Test(arguments: [true, false])
  func utf16IsRead(isBigEndian: Bool) throws {
    let units = "\u{feff}\(Samples.save)".utf16.map { isBigEndian ? $0.bigEndian : $0.littleEndian }
    let bytes = units.flatMap { unit in withUnsafeBytes(of: unit, Array.init) }
    #expect(try RulesText.read(bytes).differences == 0)
    #expect(try RulesText.read(Array(bytes.dropFirst(2))).differences == 0)
  }

  @Test func linesThatAreNoRulesAreCounted() throws {
    let noise = "2026-01-02T03:04:05Z info starting\nDefaulted container \"app\" out of: app\n"
    let read = try RulesText.read(noise + Samples.save + noise)
    #expect(read.differences == 0 && read.report.passedOver.count == 4)
    #expect(read.report.passedOver.counts == [.log: 2, .text: 2])
  }

  @Test func aCutTextIsIncomplete() throws {
    let lines = Samples.save.split(separator: "\n", omittingEmptySubsequences: false)
    let rule = try #require(lines.firstIndex { $0.contains("--gid-owner") })
    let cut = lines[..<rule].joined(separator: "\n") + "\n" + lines[rule].prefix(60)
    for text in [
      cut, "\(lines[..<rule].joined(separator: "\n"))\n...\n", "\(lines[..<rule].joined(separator: "\n"))\n",
    ] {
      let read = try RulesText.read(text)
      #expect(read.report.gap != nil && read.differences > 0)
    }
  }
}
