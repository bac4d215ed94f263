import InputText
import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

struct FlowLineTests {
  @Test func aLineIsAConnectionAndACheck() throws {
    let line = try FlowLine(
      #"{"direction":"outbound","to":"10.0.0.1:80","from":"10.0.0.2:1234","uid":7,"mark":"0x10","expect":"accept"}"#,
      at: "x")
    #expect(line.described.flow.destination.description == "10.0.0.1:80")
    #expect(line.described.flow.owner?.description == "uid 7, gid 7")
    #expect(line.described.flow.sourcePort == 1234)
    #expect(line.described.flow.mark == 0x10)
    #expect(line.expect?.text == "accept")
  }

  @Test(arguments: [
    ("{", "f, line 1: no JSON object of a connection: the text is not valid JSON"),
    (#"{"a\"#, "f, line 1: no JSON object of a connection: the text is not valid JSON"),
    ("[]", "f, line 1: no JSON object of a connection: the text must be an object"),
    (#"{direction: outbound, to: "10.0.0.1:80"}"#, "f, line 1: no JSON object of a connection: "),
    (#"{"direction":"inbound","to":"10.0.0.1:80"} {}"#, "f, line 1: no JSON object of a connection: "),
    (#"{"direction":"inbound","to":"10.0.0.1:80","expect":null}"#, "f, line 1: expect is null"),
    (#"{"to":5}"#, "f, line 1: to must be a string"),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","expct":"accept"}"#,
      "f, line 1: 'expct' is no field of a connection; there are direction, to, from, uid,"
    ),
    (
      #"{"direction":"up","to":"10.0.0.1:80"}"#,
      "f, line 1: direction: 'up': give outbound, inbound or forwarded"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1"}"#,
      "f, line 1: --to: '10.0.0.1': give an address and a port, like 10.0.0.1:80"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","expect":"maybe"}"#,
      "f, line 1: expect: 'maybe': give a verdict, like accept or redirect:15001"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","from":"::1"}"#,
      "f, line 1: --from: '::1': give an address of IPv4, with or without a port"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","alpn":"h2","appProtocol":"h2c"}"#,
      "f, line 1: --app-protocol: is for plain bytes, and --alpn for a TLS greeting; give one of them"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","appProtocol":"grpc"}"#,
      "f, line 1: --app-protocol: 'grpc': give http/1.1 (http is the same), http/1.0 or h2c;"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","appProtocol":""}"#,
      "f, line 1: --app-protocol: '': nothing is given; give http/1.1"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","fromListener":0}"#,
      "f, line 1: --from-listener: '0': give a port 1-65535"
    ),
    (
      #"{"direction":"inbound","to":"10.0.0.1:80","udp":true,"fromListener":15006}"#,
      "f, line 1: --from-listener: UDP has no listener to start at; leave --udp out"
    ),
  ])
  func mistakesAreNamed(_ text: String, _ message: String) {
    let failure = #expect(throws: CommandError.self) { try FlowLine(text, at: "f") }
    #expect(failure?.description.hasPrefix(message) == true, "\(failure?.description ?? "")")
  }

  @Test(arguments: [
    ("redirect", true), ("redirect:15001", true), ("redirect:15006", false), ("accept", false),
    ("drop", false),
  ])
  func expectations(_ text: String, _ isFulfilled: Bool) throws {
    var configuration = Configuration()
    configuration.outboundCIDRs = .all
    let line = try FlowLine(#"{"direction":"outbound","to":"10.0.0.1:80"}"#, at: "x")
    let rules = Tracer(RulesetBuilder.build(configuration)[0])
    let traced = TracedFlow(
      line.described, Proxy(configuration: EnvoyConfiguration(listeners: [])), rules: rules.trace)
    #expect(try Expectation(text, cluster: nil)?.isFulfilled(by: traced) == isFulfilled)
    #expect(try Expectation(text, cluster: "PassthroughCluster")?.isFulfilled(by: traced) == isFulfilled)
    #expect(try Expectation(text, cluster: "BlackHoleCluster")?.isFulfilled(by: traced) == false)
  }

  @Test(arguments: [("http", "http/1.1"), ("http/1.0", "http/1.0"), ("h2c", "h2c")])
  func plainBytes(_ word: String, _ name: String) throws {
    let line = try FlowLine(
      #"{"direction":"inbound","to":"10.0.0.1:80","appProtocol":"\#(word)"}"#, at: "x")
    #expect(line.described.content.firstBytes == EnvoyFirstBytes(applicationProtocols: [name]))
  }

  @Test func whatTheProxyReadsOfALine() throws {
    let line = try FlowLine(
      #"{"direction":"inbound","to":"10.0.0.1:80","sni":"a.b","alpn":["istio","h2"],"fromListener":15006}"#,
      at: "x")
    let firstBytes = EnvoyFirstBytes(isTLS: true, serverName: "a.b", applicationProtocols: ["istio", "h2"])
    #expect(line.described.content.firstBytes == firstBytes)
    #expect(line.described.listener == 15006)
    let plain = try FlowLine(
      #"{"direction":"inbound","to":"10.0.0.1:80","appProtocol":"http/1.1"}"#, listener: "15001", at: "x")
    #expect(plain.described.content.firstBytes == EnvoyFirstBytes(applicationProtocols: ["http/1.1"]))
    #expect(plain.described.listener == 15001)
    #expect(
      try FlowLine(#"{"direction":"inbound","to":"10.0.0.1:80"}"#, at: "x").described.content.firstBytes
        == nil)
  }

  /// A request without TLS begins as HTTP/1.1; one header may replace the list.
  @Test func requestsOfALine() throws {
    let line = try FlowLine(
      #"{"direction":"outbound","to":"10.0.0.1:80","httpHost":"a","httpPath":"/x?y","httpHeader":["b:1","b: 2"]}"#,
      at: "x")
    let headers = ["1", "2"].map { HTTPRequest.Header(name: "b", value: $0) }
    #expect(line.described.content.request == HTTPRequest(host: "a", path: "/x?y", headers: headers))
    #expect(line.described.content.firstBytes == EnvoyFirstBytes(applicationProtocols: ["http/1.1"]))
    let one = try FlowLine(
      #"{"direction":"outbound","to":"10.0.0.1:80","httpMethod":"PUT","httpHeader":"b:1","tls":true}"#,
      at: "x")
    #expect(one.described.content.request == HTTPRequest(method: "PUT", headers: [headers[0]]))
    #expect(one.described.content.firstBytes?.isTLS == true)
  }
}
