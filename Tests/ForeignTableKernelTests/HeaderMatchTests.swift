import Intercept
import KernelTestSupport
import NFTables
import Netfilter
import TestSupport
import Testing

/// Matches of the traffic class, and translations with flags: a simulation and real connections agree.
@Suite(.enabled(if: canUseKernel))
struct HeaderMatchTests {
  private static let redirect = "-j REDIRECT --to-ports 81"

  /// Rules of nat, and the port at which a connection to port 80 arrives.
  static let cases: [(rules: String, port: UInt16)] = [
    ("-A OUTPUT -p tcp -m dscp --dscp 0x00 \(redirect)", 81),
    ("-A OUTPUT -p tcp -m dscp ! --dscp 0x00 \(redirect)", 80),
    ("-A OUTPUT -p tcp -m tos --tos 0x10/0x3f \(redirect)", 80),
    ("-A OUTPUT -p tcp -m tos ! --tos 0x10/0xff \(redirect)", 81),
    ("-A OUTPUT -p tcp -m ecn ! --ecn-ip-ect 2 \(redirect)", 81),
    ("-A OUTPUT -p tcp -m ecn --ecn-tcp-cwr \(redirect)", 80),
    ("-A OUTPUT -p tcp -m ecn ! --ecn-tcp-ece ! --ecn-tcp-cwr \(redirect)", 81),
    ("-A OUTPUT -p tcp -j DNAT --to-destination 10.1.0.1:81 --random", 81),
    ("-A OUTPUT -p tcp -j DNAT --to-destination 10.1.0.2 --random --persistent", 80),
    ("-A POSTROUTING -p tcp -j MASQUERADE --random-fully\n-A OUTPUT -p tcp \(redirect)", 81),
    (
      "-A INPUT -p tcp -j SNAT --to-source 10.1.0.1-10.1.0.2:2000-3000 --random\n-A OUTPUT -p tcp \(redirect)",
      81
    ),
  ]

  @Test(arguments: cases)
  func aConnectionGoesWhereTheSimulationSays(_ rules: String, _ port: UInt16) throws {
    try Self.expectAgreement("*nat\n\(rules)\nCOMMIT\n", port)
  }

  @Test(arguments: [
    ("DSCP --set-dscp 0x05", "dscp --dscp 0x05"), ("TOS --set-tos 0x10/0xff", "tos --tos 0x10/0xff"),
  ])
  func aTargetChangesTheTrafficClass(_ target: String, _ match: String) throws {
    let rules =
      "*mangle\n-A OUTPUT -p tcp -j \(target)\nCOMMIT\n*nat\n-A OUTPUT -p tcp -m \(match) \(Self.redirect)\nCOMMIT\n"
    try Self.expectAgreement(rules, 81)
  }

  @Test func aRandomPortOfARangeIsUnknown() throws {
    try withNamespace {
      try run("ip", "addr", "add", "10.1.0.1/24", "dev", "lo")
      try Self.restore(
        "*nat\n-A OUTPUT -p tcp -j DNAT --to-destination 10.1.0.1:81-89 --random\nCOMMIT\n")
      #expect(try Self.trace().verdict == .unknown)
    }
  }

  private static func restore(_ rules: String) throws {
    try run("iptables-nft-restore", "--noflush", input: rules)
  }

  private static func expectAgreement(_ rules: String, _ port: UInt16) throws {
    try withNamespace {
      try run("ip", "addr", "add", "10.1.0.1/24", "dev", "lo")
      try run("ip", "addr", "add", "10.1.0.2/24", "dev", "lo")
      try restore(rules)
      let listeners = try [UInt16(80), 81].map { try Listener($0, .tcp) }
      let trace = try Self.trace()
      #expect(try attempt(trace.flow, listeners, milliseconds: 2000) == .connected(port))
      #expect(trace.arrival?.rawValue == port, "\(trace.text())")
    }
  }

  private static func trace() throws -> Trace {
    var connection = try NFTablesConnection.open()
    let rules = try connection.liveRules()[.ipv4]
    var context = HostContext()
    context.ownAddresses = ["10.1.0.1", "10.1.0.2"].compactMap { IPAddress($0) }
    let flow = Flow(.outbound, to: try #require(Endpoint("10.1.0.1:80")))
    return Tracer(rules, in: context).trace(flow)
  }
}

extension Trace {
  /// The port at which the connection arrives; nil if it does not, or that is unknown.
  fileprivate var arrival: Port? {
    switch verdict {
    case .accept: flow.destination.port
    case .redirect(let end), .dnat(let end): end.port
    case .tproxy, .drop, .reject, .unknown: nil
    }
  }
}
