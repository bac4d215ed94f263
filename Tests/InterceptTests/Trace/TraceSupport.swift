import Intercept

/// An endpoint from its text; an invalid text makes a test fail by its port.
func endpoint(_ text: String) -> Endpoint { Endpoint(text) ?? Endpoint(.ipv4(IPv4Address(0, 0, 0, 0)), 0) }

extension SocketOwner {
  static func numbered(_ user: UInt32, _ group: UInt32) -> SocketOwner? {
    guard let user = UserID(rawValue: user), let group = GroupID(rawValue: group) else { return nil }
    return SocketOwner(user: user, group: group)
  }
}

extension Flow {
  static func out(
    _ to: String, uid: UInt32 = 1000, gid: UInt32 = 1000, from: String? = nil, _ proto: IPProtocol = .tcp
  ) -> Flow {
    Flow(
      .outbound, proto, to: endpoint(to), from: from.flatMap { IPAddress($0) },
      owner: SocketOwner.numbered(uid, gid))
  }

  static func into(_ to: String, from: String? = nil, by interface: String? = nil, _ proto: IPProtocol = .tcp)
    -> Flow
  {
    Flow(
      .inbound, proto, to: endpoint(to), from: from.flatMap { IPAddress($0) },
      interface: interface.flatMap { InterfaceName($0) })
  }
}

extension Configuration {
  /// A tracer for the rules of one family.
  func tracer(_ family: IPFamily = .ipv4) -> Tracer {
    let rules = RulesetBuilder.build(self).first { $0.family == family } ?? Ruleset(family)
    return Tracer(rules, in: HostContext(loopbackMarks: loopbackMarks))
  }
}

/// A tracer for rules in built-in and other chains.
func tracer(
  _ tables: [TableName: [(String, [Rule])]], family: IPFamily = .ipv4, in surroundings: HostContext = .init()
) -> Tracer {
  let tables = tables.map { name, chains in
    Table(
      name, chains: chains.compactMap { chain, rules in ChainName(chain).map { Chain($0, rules: rules) } })
  }
  return Tracer(Ruleset(family, tables: tables), in: surroundings)
}

extension Verdict {
  static func redirected(_ text: String) -> Verdict { .redirect(to: endpoint(text)) }
}

extension Target {
  static func to(_ chain: String) -> Target { ChainName(chain).map(Target.jump) ?? .none }
  static func redirect(_ port: UInt16) -> Target { .redirect(RedirectTarget(to: Port(rawValue: port))) }
}
