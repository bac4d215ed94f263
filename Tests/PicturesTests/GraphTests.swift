import Foundation
import FoundationXML
import Intercept
import Pictures
import TestSupport
import Testing

/// Pictures of rules and traces.
struct GraphTests {
  static let sidecar: [Ruleset] = {
    var configuration = Configuration()
    configuration.outboundCIDRs = .all
    configuration.inboundPorts = .all(except: [])
    return RulesetBuilder.build(configuration).filter { $0.family == .ipv4 }
  }()

  static func trace(_ destination: String) throws -> Trace {
    let ruleset = try #require(sidecar.first)
    let owner = SocketOwner(
      user: try #require(UserID(rawValue: 1000)), group: try #require(GroupID(rawValue: 1000)))
    let flow = Flow(.outbound, to: try #require(Endpoint(destination)), owner: owner)
    return Tracer(ruleset, beside: NftRuleset(), in: HostContext()).trace(flow)
  }

  @Test func everyRuleAndCallIsDrawn() throws {
    let graph = Graph(rules: Self.sidecar)
    let group = try #require(graph.groups.first)
    #expect(graph.groups.map(\.title) == ["nat"])
    let rows = group.nodes.flatMap(\.rows).count { !$0.label.isEmpty }
    #expect(rows == Self.sidecar.reduce(0) { $0 + $1.ruleCount })
    let ids = Set(group.nodes.map(\.id))
    #expect(
      !group.edges.isEmpty
        && group.edges.allSatisfy { ids.contains($0.from.node) && ids.contains($0.to.node) })
    #expect(Graph(rules: []).groups.isEmpty)
  }

  @Test func aTraceHighlightsItsPathAlone() throws {
    let trace = try Self.trace("10.0.0.1:80")
    let graph = Graph(trace, in: Self.sidecar.first)
    let rows = graph.groups.flatMap(\.nodes).flatMap(\.rows)
    #expect(rows.count { $0.emphasis == .path } == trace.steps.count { $0.isMatch })
    #expect(rows.filter { $0.emphasis == .path }.map(\.badge).sorted() == ["1", "2", "3"])
    #expect(rows.contains { $0.emphasis == .faded })
    let ends = graph.groups.flatMap(\.nodes).filter { $0.kind == .end && $0.emphasis == .path }
    #expect(ends.map(\.title) == ["port 15001 of this host"])
    // Without the rules, those that were tried are drawn.
    let alone = Graph(trace).groups.flatMap(\.nodes).flatMap(\.rows)
    #expect(alone.count == trace.steps.count)
  }

  @Test func aConnectionThatIsLeftAloneEndsWithItsVerdict() throws {
    let graph = Graph(try Self.trace("127.0.0.1:80"), in: Self.sidecar.first)
    let ends = graph.groups.flatMap(\.nodes).filter { $0.kind == .end && $0.emphasis == .path }
    #expect(ends.count == 1)
  }

  /// Texts from outside.
  static let hostile = [
    "</text><script>alert(1)</script>", "\"]; end; %% #quot;", "a\u{1B}[2J\u{202E}b\n\u{FFFF}", "]]>&'<!--",
    "\\\" -> x",
  ]

  private func picture(_ text: String) -> Graph {
    let node = Graph.Node(
      text, title: text, caption: text, kind: .chain,
      rows: [Graph.Row(text, text, note: text, badge: text, key: text)])
    let other = Graph.Node("other", title: text, kind: .end)
    let edge = Graph.Edge(from: Graph.End(text, row: 0), to: Graph.End("other"), label: text, emphasis: .path)
    return Graph(
      title: text, summary: text,
      groups: [Graph.Group(title: text, nodes: [node, other], edges: [edge], frame: text)])
  }

  @Test(arguments: hostile) func hostileTextStaysText(_ text: String) throws {
    let graph = picture(text)
    let elements = try SVGElements(graph.svg)
    #expect(elements.names.isSubset(of: ["svg", "style", "rect", "g", "text", "title", "path", "polygon"]))
    #expect(elements.names.contains("path"))
    for output in [graph.svg, graph.mermaid, graph.dot] {
      #expect(!output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" })
    }
    #expect(!graph.mermaid.contains("<script>"))
  }

  @Test(arguments: [hostile[0], hostile[4], "plain"]) func graphvizReadsItsLanguage(_ text: String) throws {
    let outcome = try Program.run(["dot", "-Tplain"], input: picture(text).dot)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("edge"))
  }
}

/// The elements of an XML document, in the opinion of Foundation's parser.
private final class SVGElements: NSObject, XMLParserDelegate {
  private(set) var names: Set<String> = []

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    names.insert(name)
  }
}
