/// What of a packet a condition is about.
enum Field: UInt16, Hashable, Comparable, CaseIterable, Sendable {
  case source, destination, inInterface, outInterface, proto, sourcePort, destinationPort, eitherPort
  case user, group, socket, mark, connmark, state, opaque

  static func < (left: Field, right: Field) -> Bool { left.rawValue < right.rawValue }
}

/// Several fields.
struct FieldSet: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  init(_ conditions: some Sequence<RuleCondition>) {
    rawValue = conditions.reduce(0) { $0 | FieldSet($1.field).rawValue }
  }

  private init(_ field: Field) {
    rawValue = 1 << field.rawValue
  }

  static let source = FieldSet(.source)
  static let destination = FieldSet(.destination)
  static let inInterface = FieldSet(.inInterface)
  static let outInterface = FieldSet(.outInterface)
  static let proto = FieldSet(.proto)
  static let sourcePort = FieldSet(.sourcePort)
  static let destinationPort = FieldSet(.destinationPort)
  static let user = FieldSet(.user)
  static let group = FieldSet(.group)
  static let mark = FieldSet(.mark)
  static let connmark = FieldSet(.connmark)

  /// How many there are.
  var count: Int { rawValue.nonzeroBitCount }

  /// The fields one by one, in their order.
  var fields: [Field] { Field.allCases.filter { contains(FieldSet($0)) } }
}
