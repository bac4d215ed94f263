import Intercept
import TestSupport

extension SeededGenerator {
  var word: UInt32 {
    mutating get { UInt32(truncatingIfNeeded: next()) }
  }
}

extension Condition {
  static func random(_ value: Value, using random: inout SeededGenerator) -> Condition {
    Bool.random(using: &random) ? .is(value) : .not(value)
  }
}

extension Optional {
  /// A value or nil, with equal probability.
  static func maybe(_ make: (inout SeededGenerator) -> Wrapped, _ random: inout SeededGenerator) -> Wrapped? {
    Bool.random(using: &random) ? make(&random) : nil
  }

  /// A value or nil, for values that may be nil.
  static func maybe(_ make: (inout SeededGenerator) -> Wrapped?, _ random: inout SeededGenerator) -> Wrapped?
  {
    Bool.random(using: &random) ? make(&random) : nil
  }
}

extension IPAddress {
  static func random(_ family: IPFamily, using random: inout SeededGenerator) -> IPAddress {
    let bits = UInt128(random.next()) << 64 | UInt128(random.next())
    return IPAddress(family, bits: Bool.random(using: &random) ? bits : bits & 0xffff)
  }
}

extension CIDR {
  static func random(_ family: IPFamily, using random: inout SeededGenerator) -> CIDR {
    let address = IPAddress.random(family, using: &random)
    return CIDR(address, prefixLength: .random(in: 0...family.addressBits, using: &random))
      ?? CIDR(host: address)
  }
}

extension Port {
  static func random(using random: inout SeededGenerator) -> Port {
    Port(rawValue: [0, 80, 15001, 65535].randomElement(using: &random) ?? 1)
  }
}

extension PortRange {
  static func random(_ random: inout SeededGenerator) -> PortRange {
    let (first, second) = (Port.random(using: &random), Port.random(using: &random))
    return Swift.min(first, second)...Swift.max(first, second)
  }
}

extension Condition<PortRange> {
  static func random(_ random: inout SeededGenerator) -> Condition {
    .random(PortRange.random(&random), using: &random)
  }
}

extension MaskedMark {
  static func random(using random: inout SeededGenerator) -> MaskedMark {
    MaskedMark(
      Mark(rawValue: random.word), mask: Bool.random(using: &random) ? .allBits : Mark(rawValue: random.word))
  }
}

extension TCPMatch {
  static func random(using random: inout SeededGenerator) -> TCPMatch {
    TCPMatch(
      source: .maybe(Condition.random, &random), destination: .maybe(Condition.random, &random),
      option: .maybe({ random in TCPOption(rawValue: 2).map { .random($0, using: &random) } }, &random),
      flags: .maybe(
        {
          .random(
            TCPFlagTest(TCPFlags(rawValue: UInt8($0.word & 63)), of: TCPFlags(rawValue: UInt8($0.word & 63))),
            using: &$0)
        }, &random))
  }
}

extension UDPMatch {
  static func random(using random: inout SeededGenerator) -> UDPMatch {
    UDPMatch(source: .maybe(Condition.random, &random), destination: .maybe(Condition.random, &random))
  }
}

extension MultiportMatch {
  static func random(using random: inout SeededGenerator) -> MultiportMatch? {
    var ports: [PortRange] = []
    for _ in 0..<Int.random(in: 1...7, using: &random) { ports.append(.random(&random)) }
    let side: Side = [.source, .destination, .either].randomElement(using: &random) ?? .source
    return MultiportMatch(side, .random(ports, using: &random))
  }
}

extension OwnerMatch {
  static func random(using random: inout SeededGenerator) -> OwnerMatch? {
    guard let user = UserID(rawValue: random.word / 2), let group = GroupID(rawValue: random.word / 2),
      let last = GroupID(rawValue: .max - 1)
    else { return nil }
    return OwnerMatch(
      user: .maybe({ .random(ClosedRange(user), using: &$0) }, &random),
      group: .maybe({ .random(group...last, using: &$0) }, &random),
      socketExists: .maybe({ Bool.random(using: &$0) }, &random),
      includesSupplementaryGroups: Bool.random(using: &random))
  }
}

extension ConntrackConditions {
  static func random(_ family: IPFamily, using random: inout SeededGenerator) -> ConntrackConditions {
    let states: [ConntrackState] = [
      .invalid, [.new, .untracked], [.sourceTranslated, .destinationTranslated],
    ]
    let block: (inout SeededGenerator) -> Condition<CIDR> = {
      .random(CIDR.random(family, using: &$0), using: &$0)
    }
    var conditions = ConntrackConditions(
      state: .maybe({ .random(states.randomElement(using: &$0) ?? .invalid, using: &$0) }, &random))
    conditions.proto = .maybe({ .random(.tcp, using: &$0) }, &random)
    conditions.originalSource = .maybe(block, &random)
    conditions.originalDestination = .maybe(block, &random)
    conditions.replySource = .maybe(block, &random)
    conditions.replyDestination = .maybe(block, &random)
    conditions.originalSourcePorts = .maybe(Condition.random, &random)
    conditions.originalDestinationPorts = .maybe(Condition.random, &random)
    conditions.replySourcePorts = .maybe(Condition.random, &random)
    conditions.replyDestinationPorts = .maybe(Condition.random, &random)
    conditions.status = .maybe({ .random(ConntrackStatus(rawValue: $0.word), using: &$0) }, &random)
    conditions.expiry = .maybe({ .random(5...(5 + $0.word / 2), using: &$0) }, &random)
    conditions.direction = ConntrackDirection.allCases.randomElement(using: &random)
    return conditions
  }
}

extension AddressTypeMatch {
  static func random(using random: inout SeededGenerator) -> AddressTypeMatch? {
    AddressTypeMatch(
      source: .maybe({ .random(AddressType(rawValue: UInt16($0.word & 0xfff)), using: &$0) }, &random),
      destination: .maybe({ .random(.local, using: &$0) }, &random),
      limit: [nil, .inInterface, .outInterface].randomElement(using: &random) ?? nil)
  }
}

extension CommentMatch {
  static func random(using random: inout SeededGenerator) -> CommentMatch? {
    let letters = Array("ab -_!\"'\\#*:[]é\u{301}")
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      text.append(letters.randomElement(using: &random) ?? "a")
    }
    return CommentMatch(text)
  }
}

extension CTTarget {
  static func random(using random: inout SeededGenerator) -> CTTarget {
    var target = CTTarget()
    target.isUntracked = .random(using: &random)
    target.helper = .maybe({ _ in ConntrackObjectName("ftp-0") }, &random)
    target.timeout = .maybe({ _ in ConntrackObjectName("long.policy") }, &random)
    target.events = ConntrackEvents(rawValue: random.word)
    target.expectationEvents = ConntrackExpectationEvents(rawValue: random.word)
    let ids: [ConntrackZoneChoice.ID] = [.number(0), .number(5), .packetMark]
    target.zone = ConntrackZoneChoice(
      ids.randomElement(using: &random) ?? .packetMark,
      in: [nil, .original, .reply].randomElement(using: &random) ?? nil)
    return target
  }
}
