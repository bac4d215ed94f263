import CNetfilter
import Intercept
import NFTables

/// Decodes the expressions of a rule into the text that `nft` prints for them.
///
/// A field is loaded into a register and compared there; an expression that is not known becomes a word that the
/// model keeps as opaque text.
struct NftRuleDecoder {
  let table: RawTable
  let sets: [String: LiveNativeSet]
  var registers = RegisterFile()
  private var words: [String] = []
  /// The family and protocol that earlier matches require, with the index of their words.
  private var family: (value: IPFamily, word: Int?)?
  private var proto: (value: IPProtocol, word: Int?)?

  init(_ table: RawTable, sets: [String: LiveNativeSet]) {
    self.table = table
    self.sets = sets
    if let own = table.family.addressFamily { family = (own, nil) }
  }

  /// The rule's text.
  mutating func text(of rule: RawRule) -> String {
    for expression in rule.expressions { decode(expression) }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  mutating func write(_ text: String) { words.append(text) }

  private mutating func decode(_ expression: Expression) {
    switch expression {
    case .meta(.load(let key, let register)):
      registers[register] = .field(NftKey(meta: key), mask: nil, xor: nil)
    case .meta(.store(let key, let register)): write("\(NftKey(meta: key).text) set \(assigned(register))")
    case .conntrack(.load(let key, let register)):
      registers[register] = .field(NftKey(conntrack: key), mask: nil, xor: nil)
    case .conntrack(.store(let key, let register)):
      let name = key == .zone ? "ct zone" : NftKey(conntrack: key).text
      write("\(name) set \(assigned(register, isDecimal: key == .zone))")
    case .payload(let payload): registers[payload.register] = .field(field(payload), mask: nil, xor: nil)
    case .bitwise(let bitwise): mask(bitwise)
    case .byteorder(let order): registers[order.destination] = registers[order.source]
    case .compare(let compare): decode(compare)
    case .range(let range): decode(range)
    case .lookup(let lookup): decode(lookup)
    case .counter(let counter): write("counter packets \(counter.packets) bytes \(counter.bytes)")
    case .immediate(.verdict(let verdict)): write(verdict.nftText)
    case .immediate(.value(let bytes, let register)): registers[register] = .constant(bytes)
    case .match(let xt): write("xt match \"\(xt.name)\"")
    case .target(let xt): write("xt target \"\(xt.name)\"")
    case .redirect(let redirect):
      write("redirect" + ports(redirect.port, redirect.highestPort, " to :") + NatFlags.text(redirect.flags))
    case .tproxy(let tproxy): decode(tproxy)
    case .notrack: write("notrack")
    case .unknown(let unknown): decode(unknown)
    }
  }

  private mutating func mask(_ bitwise: BitwiseExpression) {
    guard case .field(let key, nil, nil) = registers[bitwise.source] else {
      registers[bitwise.destination] = .mapped("...")
      return
    }
    registers[bitwise.destination] = .field(key, mask: bitwise.mask, xor: bitwise.xor)
  }

  private mutating func decode(_ tproxy: TproxyExpression) {
    let family = tproxy.family.addressFamily.map { $0 == .ipv4 ? " ip" : " ip6" } ?? ""
    let address =
      tproxy.address.map { hosts($0, nil, tproxy.family.addressFamily, hasPort: tproxy.port != nil) } ?? ""
    write("tproxy\(family) to \(address)\(ports(tproxy.port, nil, ":"))")
  }
}

extension NftRuleDecoder {
  private mutating func decode(_ compare: CompareExpression) {
    guard case .field(let key, let mask, let xor)? = registers[compare.register],
      xor?.allSatisfy({ $0 == 0 }) ?? true
    else { return write("cmp") }
    let value = key.kind.number(compare.value)
    let isEqual = compare.operation == .equal
    if require(key, value, isEqual && mask == nil) { return }
    let name = name(of: key)
    if let mask { return write(masked(name, key.kind, mask, compare, value)) }
    if key.kind == .interface, compare.value.last != 0 {
      let range = value...value | UInt128(greatestOfBits: 8 * (16 - compare.value.count))
      return write("\(name) \(isEqual ? "" : "!= ")\(key.kind.text(range))")
    }
    if case .address(let family) = key.kind, compare.value.count < family.addressBits / 8 {
      let length = 8 * compare.value.count
      let block = CIDR(IPAddress(family, bits: value), prefixLength: length)
      return write("\(name) \(isEqual ? "" : "!= ")\(block.map { "\($0)" } ?? "?")")
    }
    write("\(name) \(compare.operation.nftText)\(key.kind.text(value...value))")
  }

  /// A comparison of some bits: a prefix, states, or `meta mark & 0xff == 0x3`.
  private func masked(
    _ name: String, _ kind: NftValueKind, _ mask: [UInt8], _ compare: CompareExpression, _ value: UInt128
  ) -> String {
    let bits = kind.number(mask)
    let isEqual = compare.operation == .equal
    if kind.isBitmask, value == 0 {
      return "\(name) \(isEqual ? "! " : "")\(kind.bitNames(bits))"
    }
    if case .address(let family) = kind {
      let length = (~bits & UInt128(greatestOfBits: family.addressBits))
      if let block = CIDR(
        IPAddress(family, bits: value), prefixLength: family.addressBits - length.nonzeroBitCount),
        block.mask.bits == bits
      {
        return "\(name) \(isEqual ? "" : "!= ")\(block)"
      }
    }
    if kind == .tcpFlags {
      let names = kind.bitNames(bits).replacing(",", with: " | ")
      return "\(name) & (\(names)) \(isEqual ? "==" : "!=") \(kind.text(value...value))"
    }
    return "\(name) & \(kind.text(bits...bits)) \(isEqual ? "==" : "!=") \(kind.text(value...value))"
  }

  private mutating func decode(_ range: RangeExpression) {
    guard case .field(let key, nil, _)? = registers[range.register] else { return write("range") }
    let first = key.kind.number(range.lowest, isBigEndian: true)
    let last = key.kind.number(range.highest, isBigEndian: true)
    guard first <= last else { return write("range") }
    write("\(name(of: key)) \(range.isInverted ? "!= " : "")\(key.kind.text(first...last))")
  }

  private mutating func decode(_ lookup: LookupExpression) {
    guard let set = sets[lookup.set] else { return write("@\(lookup.set)") }
    let keys = registers.values(from: lookup.register, bytes: Int(set.raw.keyLength)).compactMap(\.key)
    let name = keys.map { self.name(of: $0) }.joined(separator: " . ")
    write("\(name) \(lookup.isInverted ? "!= " : "")\(set.nftReference(keys.map(\.kind), nil))")
  }

  /// The name of a field; words are removed that `nft` omits because the name implies them.
  mutating func name(of key: NftKey) -> String {
    switch key {
    case .source(let needed), .destination(let needed):
      if let word = family?.word, family?.value == needed { words[word] = "" }
      family?.word = nil
    case .sourcePort(let needed?), .destinationPort(let needed?):
      if let word = proto?.word, proto?.value == needed { words[word] = "" }
      proto?.word = nil
    case .proto, .headerProtocol, .sourcePort(nil), .destinationPort(nil), .tcpFlags, .family, .inInterface,
      .outInterface, .mark, .connectionMark, .state, .direction, .status, .user, .group, .destinationType,
      .sourceType,
      .originalDestination, .originalDestinationPort, .opaque:
      break
    }
    return key.text
  }

  /// Notes the family or protocol that a match requires, and writes it; false for other matches.
  private mutating func require(_ key: NftKey, _ value: UInt128, _ isEqual: Bool) -> Bool {
    guard isEqual else { return false }
    switch key {
    case .family where value == 2 || value == 10:
      family = (value == 2 ? .ipv4 : .ipv6, words.count)
    case .proto:
      proto = (IPProtocol(rawValue: UInt8(truncatingIfNeeded: value)), words.count)
    default: return false
    }
    write("\(key.text) \(key.kind.text(value...value))")
    return true
  }

  /// The field that a payload expression loads.
  private func field(_ payload: PayloadExpression) -> NftKey {
    if payload.base == .transport, payload.length == 2 {
      let known = proto.flatMap { [6, 17, 33, 132, 136].contains($0.value.rawValue) ? $0.value : nil }
      if payload.offset == 0 { return .sourcePort(known) }
      if payload.offset == 2 { return .destinationPort(known) }
    }
    if payload.base == .transport, payload.offset == 13, payload.length == 1, proto?.value == .tcp {
      return .tcpFlags
    }
    if payload.base == .network, let family = family?.value {
      let (source, destination, size): (UInt32, UInt32, UInt32) = family == .ipv4 ? (12, 16, 4) : (8, 24, 16)
      if payload.offset == source, payload.length <= size { return .source(family) }
      if payload.offset == destination, payload.length <= size { return .destination(family) }
      if payload.offset == (family == .ipv4 ? 9 : 6), payload.length == 1 { return .headerProtocol(family) }
    }
    let base = [0: "ll", 1: "nh", 2: "th"][payload.base.rawValue] ?? "ih"
    return .opaque("@\(base),\(8 * payload.offset),\(8 * payload.length)", .other)
  }
}

extension CompareExpression.Operation {
  /// The operator with a blank after it; nothing for `==`.
  fileprivate var nftText: String {
    switch self {
    case .equal: ""
    case .notEqual: "!= "
    case .less: "< "
    case .lessOrEqual: "<= "
    case .greater: "> "
    default: ">= "
    }
  }
}

extension VerdictCode {
  /// The verdict as `nft` prints it.
  var nftText: String {
    switch self {
    case .accept: "accept"
    case .drop: "drop"
    case .return: "return"
    case .continue: "continue"
    case .jump(let chain): "jump \(chain)"
    case .goto(let chain): "goto \(chain)"
    }
  }
}

extension NftKey {
  /// The field of `meta`, by its number.
  init(meta key: MetaKey) {
    switch key {
    case .mark: self = .mark
    case .inputInterfaceName: self = .inInterface
    case .outputInterfaceName: self = .outInterface
    case .socketUID: self = .user
    case .socketGID: self = .group
    case .networkProtocol: self = .family
    case .transportProtocol: self = .proto
    case .trace: self = .opaque("meta nftrace", .other)
    default: self = .opaque("meta \(Self.metaNames[key.rawValue] ?? "key\(key.rawValue)")", .other)
    }
  }

  private static let metaNames: [UInt32: String] = [
    0: "length", 1: "protocol", 2: "priority", 4: "iif", 5: "oif", 8: "iiftype", 9: "oiftype", 12: "nftrace",
    13: "rtclassid", 17: "pkttype", 18: "cpu", 19: "iifgroup", 20: "oifgroup", 21: "cgroup",
  ]

  /// The field of `ct`, by its number.
  init(conntrack key: ConntrackKey) {
    switch key {
    case .state: self = .state
    case .mark: self = .connectionMark
    case ConntrackKey(rawValue: 1): self = .direction
    case ConntrackKey(rawValue: 2): self = .status
    default: self = .opaque("ct key\(key.rawValue)", .other)
    }
  }
}
