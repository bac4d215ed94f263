import FoundationEssentials
import Intercept
import TestSupport
import Testing

/// JSON of a diff.
struct DiffEncodingTests {
  private let wanted = Sample.documented.wanted

  private func json(_ live: Ruleset) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(RulesetDiff(wanted: wanted, live: live)), as: UTF8.self)
  }

  @Test func `nothing differs`() throws {
    #expect(try json(wanted) == #"{"chains":[],"family":"ipv4","same":true}"#)
  }

  @Test func `each kind has its keys`() throws {
    let live =
      wanted
      .changing(.nat, .istioRedirect) { $0.removeAll() }
      .changing(.nat, .istioInRedirect) { $0 = [TerseRules.rule("-p tcp -j REDIRECT --to-ports 6")] }
      .changing(.nat, .istioInbound) { $0.swapAt(0, 1) }
      .appending(.nat, "OUTPUT", "-p tcp -j ISTIO_OUTPUT")
      .inserting(.nat, .prerouting, "-j ACCEPT")
    let expected = [
      #"{"chain":"PREROUTING","differences":[{"by":{"number":1,"rule":"-j ACCEPT"},"kind":"shadowed","#
        + #""reason":"inbound TCP is looked at for capture","shadows":[{"number":2,"rule":"-p tcp -j ISTIO_INBOUND"}]}],"#
        + #""presence":"present","table":"nat"}"#,
      #"{"chain":"OUTPUT","differences":[{"duplicate":true,"kind":"unexpected","#
        + #""live":{"number":2,"rule":"-p tcp -j ISTIO_OUTPUT"}}],"presence":"present","table":"nat"}"#,
      #"{"chain":"ISTIO_INBOUND","differences":[{"before":"-p tcp -m tcp --dport 15090 -j RETURN","kind":"moved","#
        + #""live":{"number":2,"rule":"-p tcp -m tcp --dport 15008 -j RETURN"},"#
        + #""reason":"the tunnel port 15008 is the proxy's own: not captured","#
        + #""wanted":{"number":1,"rule":"-p tcp -m tcp --dport 15008 -j RETURN"}}],"presence":"present","table":"nat"}"#,
      #"{"chain":"ISTIO_IN_REDIRECT","differences":[{"kind":"changed","#
        + #""live":{"number":1,"rule":"-p tcp -j REDIRECT --to-ports 6"},"#
        + #""parts":[{"live":"-j REDIRECT --to-ports 6","wanted":"-j REDIRECT --to-ports 15006"}],"#
        + #""reason":"to the proxy's inbound listener on 15006","#
        + #""wanted":{"number":1,"rule":"-p tcp -j REDIRECT --to-ports 15006"}}],"presence":"present","table":"nat"}"#,
      #"{"chain":"ISTIO_REDIRECT","differences":[{"kind":"missing","reason":"to the proxy's outbound listener on 15001","#
        + #""wanted":{"number":1,"rule":"-p tcp -j REDIRECT --to-ports 15001"}}],"presence":"present","table":"nat"}"#,
    ]
    #expect(
      try json(live) == #"{"chains":["# + expected.joined(separator: ",")
        + #"],"family":"ipv4","same":false}"#)
  }
}
