/// `-m multiport`: a port among up to fifteen (`struct xt_multiport_v1`); a range takes two of the places.
public struct MultiportMatch: Hashable, Sendable {
  /// Which port of the packet is looked at.
  public enum Side: Hashable, Sendable {
    case source, destination, either
  }

  public let side: Side
  public let ports: Condition<[PortRange]>

  /// How many places the kernel's list has (`XT_MULTI_PORTS`).
  public static let places = 15

  /// Makes the match; nil if the list is empty or takes more than fifteen places.
  public init?(_ side: Side, _ ports: Condition<[PortRange]>) {
    let needed = ports.value.reduce(0) { $0 + ($1.single == nil ? 2 : 1) }
    guard (1...Self.places).contains(needed) else { return nil }
    self.side = side
    self.ports = ports
  }

  /// A packet whose destination port is neither of two.
  static func destinationIsNeither(_ first: Port, _ second: Port) -> MultiportMatch {
    MultiportMatch(destination: .not([PortRange(first), PortRange(second)]))
  }

  private init(destination ports: Condition<[PortRange]>) {
    side = .destination
    self.ports = ports
  }
}

extension MultiportMatch: IptablesExtension {
  public static let name = "multiport"
  public static let syntax: [OptionSyntax<MultiportMatch>] = [
    .value("--sports", "--source-ports") { $0.argument(.source) },
    .value("--dports", "--destination-ports") { $0.argument(.destination) },
    .value("--ports") { $0.argument(.either) },
  ]

  private func argument(_ side: Side) -> Condition<String>? {
    self.side == side ? ports.map { $0.map(\.text).joined(separator: ",") } : nil
  }
}
