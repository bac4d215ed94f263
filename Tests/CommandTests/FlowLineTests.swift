import Intercept
import Testing

@testable import istio_iptables_swift

struct FlowLineTests {
  @Test func aLineIsAConnectionAndACheck() throws {
    let line = try FlowLine(
      #"{"direction":"outbound","to":"10.0.0.1:80","from":"10.0.0.2:1234","uid":7,"mark":"0x10","expect":"accept"}"#,
      at: "x")
    #expect(line.flow.destination.description == "10.0.0.1:80")
    #expect(line.flow.owner?.description == "uid 7, gid 7")
    #expect(line.flow.sourcePort == 1234)
    #expect(line.flow.mark == 0x10)
    #expect(line.expect?.text == "accept")
  }

  @Test(arguments: [
    ("{", "f, line 1: no JSON object of a connection: "),
    (#"{"direction":"up","to":"10.0.0.1:80"}"#, "f, line 1: direction: 'up': give outbound or inbound"),
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
      "f, line 1: --from: '::1': give an address of IPv4, and a port if you like"
    ),
  ])
  func mistakesAreNamed(_ text: String, _ message: String) {
    let failure = #expect(throws: Failure.self) { try FlowLine(text, at: "f, line 1") }
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
    let trace = Tracer(RulesetBuilder.build(configuration)[0]).trace(line.flow)
    #expect(Expectation(text)?.isFulfilled(by: trace) == isFulfilled)
  }
}
