import RuleModel

/// The normal form of a rule: rules with equal normal forms give the same verdict for every packet.
///
/// The order of match extensions, repetitions, comments, and conditions that every packet satisfies are not part of
/// it.
struct NormalizedRule: Hashable, Sendable {
  let conditions: Set<RuleCondition>
  let target: Target

  init(_ rule: Rule) {
    conditions = rule.conditions
    target = rule.target
  }

  init(conditions: Set<RuleCondition>, target: Target) {
    self.conditions = conditions
    self.target = target
  }

  /// The fields that the conditions restrict.
  var fields: PacketFieldSet { PacketFieldSet(conditions) }

  /// The conditions on one field, ordered by their text.
  func conditions(about field: PacketField) -> [RuleCondition] {
    conditions.filter { $0.field == field }.sorted { $0.text < $1.text }
  }
}

extension Rule {
  /// The conditions of the rule, without those that every packet satisfies.
  var conditions: Set<RuleCondition> {
    var conditions: Set<RuleCondition> = []
    _ = everyCondition { conditions.insert($0).inserted || true }
    return conditions
  }

  /// The same conditions in the order of the rule's matches.
  var orderedConditions: [RuleCondition] {
    var conditions: [RuleCondition] = []
    _ = everyCondition {
      conditions.append($0)
      return true
    }
    return conditions
  }

  /// True if a packet that satisfies all the given conditions may match.
  func mayMatch(_ packets: [RuleCondition]) -> Bool {
    everyCondition { condition in packets.allSatisfy { !condition.excludes($0) } }
  }

  private func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    matches.allSatisfy { $0.everyCondition { $0.isAlwaysTrue || holds($0) } }
  }
}

/// A field of a packet that conditions restrict.
enum PacketField: UInt32, Hashable, Comparable, CaseIterable, Sendable {
  case source, destination, inInterface, outInterface, proto, sourcePort, destinationPort, eitherPort
  case tcpFlags, user, group, socket, mark, connmark, state, sourceType, destinationType, opaque

  static func < (left: PacketField, right: PacketField) -> Bool { left.rawValue < right.rawValue }
}

/// A set of fields.
struct PacketFieldSet: OptionSet, Hashable, Sendable {
  let rawValue: UInt32

  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The fields that conditions restrict.
  init(_ conditions: some Sequence<RuleCondition>) {
    rawValue = conditions.reduce(0) { $0 | PacketFieldSet($1.field).rawValue }
  }

  init(_ field: PacketField) {
    rawValue = 1 << field.rawValue
  }

  static let source = PacketFieldSet(.source)
  static let destination = PacketFieldSet(.destination)
  static let inInterface = PacketFieldSet(.inInterface)
  static let outInterface = PacketFieldSet(.outInterface)
  static let proto = PacketFieldSet(.proto)
  static let sourcePort = PacketFieldSet(.sourcePort)
  static let destinationPort = PacketFieldSet(.destinationPort)
  static let user = PacketFieldSet(.user)
  static let group = PacketFieldSet(.group)
  static let mark = PacketFieldSet(.mark)
  static let connmark = PacketFieldSet(.connmark)
  static let opaque = PacketFieldSet(.opaque)

  /// Fields that no option of a mesh lists values of.
  static let besidesOptions: PacketFieldSet = [
    .proto, PacketFieldSet(.tcpFlags), PacketFieldSet(.sourceType), PacketFieldSet(.destinationType), .opaque,
  ]

  /// Number of fields.
  var count: Int { rawValue.nonzeroBitCount }

  /// The fields in their order.
  var fields: [PacketField] { PacketField.allCases.filter { contains(PacketFieldSet($0)) } }
}
