package import NetworkValues
package import RuleModel

extension Match {
  static let isTCP = Match.proto(.is(.tcp))
  static let isUDP = Match.proto(.is(.udp))
  static let onLoopback = Match.outInterface(.is(.loopback))
  static let fromLoopback = Match.inInterface(.is(.loopback))

  static func tcpDestination(_ ports: Condition<PortRange>) -> Match { .tcp(TCPMatch(destination: ports)) }
  static func udpDestination(_ port: Port) -> Match { .udp(UDPMatch(destination: .is(PortRange(port)))) }
  static func udpSource(_ port: Port) -> Match { .udp(UDPMatch(source: .is(PortRange(port)))) }

  static func user(_ user: Condition<UserID>) -> Match { .owner(OwnerMatch(user: user)) }
  static func group(_ group: Condition<GroupID>) -> Match { .owner(OwnerMatch(group: group)) }

  static func marked(_ mark: Condition<Mark>) -> Match { .mark(MarkMatch(mark.map { MaskedMark($0) })) }
}

extension Target {
  static func redirect(to port: Port) -> Target { .redirect(RedirectTarget(to: port)) }
  static func setMark(_ mark: Mark) -> Target { .mark(MarkTarget(set: MaskedMark(mark))) }
  package static func zone(_ zone: ConntrackZone) -> Target { .ct(CTTarget(zone: zone)) }
}
