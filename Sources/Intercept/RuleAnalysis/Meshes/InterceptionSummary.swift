import NetworkValues
import RuleModel

/// The options of a mesh that can be read off its rules, whichever program installed them.
public struct InterceptionSummary: Hashable, Sendable {
  /// One option and its values, as a person reads them.
  public struct Entry: Hashable, Sendable {
    /// The option: `dns port`.
    public let name: String
    /// The distinct values in the order of the rules.
    public let values: [String]
  }

  /// The options that have values.
  public let entries: [Entry]

  public subscript(name: String) -> [String] { entries.first { $0.name == name }?.values ?? [] }

  init(_ families: [Ruleset]) {
    let paths = families.flatMap(InterceptionPath.all)
    let inbound = paths.filter { $0.hook == .prerouting && !$0.isOnInterface }
    let outbound = paths.filter { $0.hook == .output && !$0.isLoopback }
    entries =
      (Self.captures(inbound, outbound) + Self.dns(paths) + Self.owners(outbound)
      + Self.inbound(inbound) + Self.outbound(outbound) + Self.others(paths, families))
      .compactMap { name, values in
        values.isEmpty ? nil : Entry(name: name, values: values.distinct)
      }
  }

  private typealias Values = (name: String, values: [String])

  private static func captures(_ inbound: [InterceptionPath], _ outbound: [InterceptionPath]) -> [Values] {
    [
      ("inbound port", inbound.capturing.map { $0.port.description }),
      ("outbound port", outbound.capturing.map { $0.port.description }),
    ]
  }

  private static func dns(_ paths: [InterceptionPath]) -> [Values] {
    let queries = paths.filter { $0.isDNS && $0.capturePort != nil && !$0.isOnInterface }
    return [
      ("dns port", queries.compactMap { $0.capturePort?.description }),
      ("dns servers", queries.flatMap { $0.values(of: .destination) }.map(\.withoutHostLength)),
    ]
  }

  private static func owners(_ outbound: [InterceptionPath]) -> [Values] {
    [
      ("uids not captured", outbound.sparing(.user).flatMap { $0.values(of: .user) }),
      ("gids not captured", outbound.sparing(.group).flatMap { $0.values(of: .group) }),
    ]
  }

  private static func inbound(_ paths: [InterceptionPath]) -> [Values] {
    [
      ("inbound ports captured", paths.capturing.flatMap { $0.path.values(of: .destinationPort) }),
      ("inbound ports excluded", paths.excluding(.destinationPort)),
      ("inbound sources excluded", paths.excluding(.source)),
    ]
  }

  private static func outbound(_ paths: [InterceptionPath]) -> [Values] {
    let perUser = paths.sparing([.user, .destinationPort]).filter { !$0.isDNS }
    return [
      ("outbound ports captured", paths.capturing.flatMap { $0.path.values(of: .destinationPort) }),
      ("outbound ports excluded", paths.excluding(.destinationPort)),
      (
        "outbound ports excluded for uids",
        perUser.map {
          "\($0.values(of: .destinationPort).joined(separator: ",")) of \($0.values(of: .user).joined())"
        }
      ),
      ("outbound blocks captured", paths.capturing.flatMap { $0.path.values(of: .destination) }),
      ("outbound blocks excluded", paths.excluding(.destination).filter { !$0.isLoopbackBlock }),
    ]
  }

  private static func others(_ paths: [InterceptionPath], _ families: [Ruleset]) -> [Values] {
    let interfaces = paths.filter { $0.hook == .prerouting && $0.capturePort != nil && $0.isOnInterface }
    let dropsInvalid = families.contains {
      $0[.mangle, .prerouting]?.rules.contains(where: \.dropsInvalid) == true
    }
    return [
      ("virtual interfaces", interfaces.flatMap { $0.values(of: .inInterface) }),
      ("invalid packets", dropsInvalid ? ["dropped"] : []),
      ("destination of local connections", families.flatMap(\.localTranslations)),
    ]
  }
}

extension [InterceptionPath] {
  /// The captures that are not of DNS queries.
  fileprivate var capturing: [(path: InterceptionPath, port: Port)] {
    compactMap { path in path.isDNS ? nil : path.capturePort.map { (path, $0) } }
  }

  /// The paths that spare packets by conditions on exactly the given fields, besides the protocol.
  fileprivate func sparing(_ fields: PacketFieldSet) -> [InterceptionPath] {
    filter { $0.outcome == .spared && $0.fields.subtracting(.besidesOptions) == fields }
  }

  /// The values of a field that alone spare packets.
  fileprivate func excluding(_ field: PacketField) -> [String] {
    sparing(PacketFieldSet(field)).filter { !$0.isDNS }.flatMap { $0.values(of: field) }
  }
}

extension InterceptionPath {
  /// True if the path is for packets of one received interface.
  fileprivate var isOnInterface: Bool { fields.contains(.inInterface) }
}

extension Rule {
  /// True for a rule that drops packets in conntrack state INVALID.
  var dropsInvalid: Bool { target == .drop && conditions.contains(.state(.is(.invalid))) }

  /// The address of a DNAT target, with its port if it has one.
  fileprivate var translatedDestination: String? {
    guard case .opaque(let target) = target, target.text.hasPrefix("DNAT --to-destination ") else {
      return nil
    }
    return target.text.split(separator: " ").dropFirst(2).first.map(String.init)
  }
}

extension Ruleset {
  /// The destinations that chains of meshes and OUTPUT give to connections to 127.0.0.1.
  fileprivate var localTranslations: [String] {
    (self[.nat, .output]?.rules ?? []).compactMap(\.translatedDestination)
  }
}

extension String {
  /// True for the text of a block of the loopback network.
  fileprivate var isLoopbackBlock: Bool { CIDR(self)?.network.isLoopback == true }

  /// The block without the length of a host's prefix.
  fileprivate var withoutHostLength: String {
    CIDR(self).map { $0.isHost ? $0.network.description : self } ?? self
  }
}
