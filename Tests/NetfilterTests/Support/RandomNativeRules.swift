import Intercept
import TestSupport

/// Random rules of the native form, such as `nft` accepts in a chain that no packet reaches.
struct RandomNativeRules {
  var random: SeededGenerator

  mutating func rule() -> NativeRule {
    let family: IPFamily? = random.pick(nil, .ipv4, .ipv6)
    let proto: IPProtocol? = random.pick(nil, .tcp, .udp)
    return NativeRule(
      interfaces() + addresses(family) + ports(proto) + others(), statements(family, proto),
      comment: NativeComment(random.pick("", "why", "one hundred percent, wholly ours")))
  }

  private mutating func interfaces() -> [NativeMatch] {
    let matches: [NativeMatch?] = [
      random.chance(20) ? interface().map { .inInterface(.is($0)) } : nil,
      random.chance(20) ? interface().map { .outInterface(.not($0)) } : nil,
    ]
    return matches.compactMap(\.self)
  }

  /// A pattern that matches some names and not all; `nft` cannot write the one that matches all.
  private mutating func interface() -> InterfacePattern? {
    random.interface().flatMap { $0.isEverything ? nil : $0 }
  }

  private mutating func addresses(_ family: IPFamily?) -> [NativeMatch] {
    guard let family else { return [] }
    var matches = [NativeMatch.family(family)]
    if random.chance(50) { matches.append(.field(.source(family), condition(.source(family)))) }
    if random.chance(50) { matches.append(.field(.destination(family), condition(.destination(family)))) }
    return matches
  }

  private mutating func ports(_ proto: IPProtocol?) -> [NativeMatch] {
    guard let proto else {
      guard random.chance(20) else { return [] }
      let both = RangeSet([6...6, 17...17])
      return [.field(.proto, random.pick(.is(both), .not(both)))]
    }
    var matches = [NativeMatch.field(.proto, .is(RangeSet(UInt128(proto.rawValue))))]
    // Of one port and another, `nft` makes one look at both, which for two negations is not the same.
    if random.chance(20) {
      let some = RangeSet([1...9, 20...29])
      matches.append(.field(.sourcePort, random.pick(.is(some), .not(some))))
    }
    if random.chance(60) {
      let field = matches.count == 1 && random.chance(40) ? NativeField.sourcePort : .destinationPort
      matches.append(.field(field, condition(field)))
    }
    return matches
  }

  private mutating func others() -> [NativeMatch] {
    var matches: [NativeMatch] = []
    if random.chance(30) { matches.append(.field(.user, condition(.user))) }
    if random.chance(30) { matches.append(.field(.group, condition(.group))) }
    if random.chance(20) { matches.append(.mark(mark())) }
    if random.chance(20) { matches.append(.connectionMark(mark())) }
    if random.chance(20) {
      matches.append(.state(.is(random.pick(.invalid, .new, [.established, .related], .untracked))))
    }
    return matches
  }

  private mutating func mark() -> Condition<MaskedMark> {
    let mark = random.mark()
    let masked = MaskedMark(Mark(rawValue: mark.rawValue & 0xff), mask: 0xff)
    return random.pick(.is(MaskedMark(mark)), .not(MaskedMark(mark)), .is(masked), .not(masked))
  }

  /// Single values, blocks, ranges and many of them; seldom both ends of what there is.
  private mutating func condition(_ field: NativeField) -> Condition<RangeSet> {
    let count = random.pick(1, 1, 1, 2, 5, 40)
    let values = RangeSet((0..<count).map { _ in range(field) })
    return random.pick(.is(values), .not(values))
  }

  private mutating func range(_ field: NativeField) -> ClosedRange<UInt128> {
    let value = random.wideBits() & field.greatest
    switch random.pick(0, 1, 2, 3, 4) {
    case 0:
      let span = field.greatest >> Int.random(in: 1..<field.bits, using: &random)
      return value & ~span...value | span
    case 1: return value...(field.greatest - value < 1000 ? field.greatest : value + 999)
    case 2: return random.chance(20) ? 0...value : value...value
    default: return value...value
    }
  }

  private mutating func statements(_ family: IPFamily?, _ proto: IPProtocol?) -> [NativeStatement] {
    let jump = NativeChainName("somewhere").map(NativeStatement.jump)
    let ends: [NativeStatement] = [.accept, .drop, .return] + [jump].compactMap(\.self)
    var choices: [[NativeStatement]] =
      [
        [.setMark(random.mark())], [.setConnectionMark(random.mark())], [.saveMark], [.restoreMark],
        [.setZone(random.pick(1, 2, 65535))], [.untrack], [],
      ] + ends.map { [$0] }
    if proto != nil {
      let (port, mark) = (random.port(), random.mark())
      choices += [[.redirect(PortRange(port))], [.redirect(random.ports())], [.redirect(nil)]]
      choices += [[.tproxy(family, nil, port)], [.tproxy(family, nil, port), .setMark(mark), .accept]]
      if let family {
        choices.append([.tproxy(family, IPAddress(family, bits: random.wideBits() | 1), port), .accept])
      }
    }
    return [.counter] + choices[Int.random(in: 0..<choices.count, using: &random)]
  }
}
