import CNetfilter
import Intercept
import NFTables
import Netlink

extension NativeRuleWriter {
  mutating func write(_ statement: NativeStatement) throws(PartEncodingError) {
    switch statement {
    case .counter: append(.counter(CounterExpression()))
    case .accept: append(.immediate(.verdict(.accept)))
    case .drop: append(.immediate(.verdict(.drop)))
    case .return: append(.immediate(.verdict(.return)))
    case .jump(let chain): append(.immediate(.verdict(.jump(chain: chain.text))))
    case .goto(let chain): append(.immediate(.verdict(.goto(chain: chain.text))))
    case .redirect(let ports): redirect(ports)
    case .tproxy(let family, let address, let port): tproxy(family, address, port)
    case .setMark(let mark):
      append(.immediate(.value(mark.hostBytes, into: .r1)), .meta(.store(.mark, from: .r1)))
    case .setConnectionMark(let mark):
      append(.immediate(.value(mark.hostBytes, into: .r1)), .conntrack(.store(.mark, from: .r1)))
    case .saveMark: append(.meta(.load(.mark, into: .r1)), .conntrack(.store(.mark, from: .r1)))
    case .restoreMark: append(.conntrack(.load(.mark, into: .r1)), .meta(.store(.mark, from: .r1)))
    case .setZone(let zone):
      append(
        .immediate(.value([UInt8](bytesOf: zone.rawValue), into: .r1)), .conntrack(.store(.zone, from: .r1)))
    case .untrack: append(.notrack)
    case .opaque(let text): throw PartEncodingError(text, "is known as text only")
    }
  }

  private mutating func redirect(_ ports: PortRange?) {
    guard let ports else { return append(.redirect(RedirectExpression(port: nil))) }
    let flags = UInt32(NF_NAT_RANGE_PROTO_SPECIFIED)
    append(.immediate(.value(ports.lowerBound.networkBytes, into: .r1)))
    if ports.single == nil {
      append(.immediate(.value(ports.upperBound.networkBytes, into: .r2)))
      append(.redirect(RedirectExpression(port: .r1, highestPort: .r2, flags: flags)))
    } else {
      append(.redirect(RedirectExpression(port: .r1, flags: flags)))
    }
  }

  private mutating func tproxy(_ family: IPFamily?, _ address: IPAddress?, _ port: Port) {
    let packets = family.map { TableFamily($0) } ?? .any
    let portRegister: Register = address == nil ? .r1 : .r2
    if let address { append(.immediate(.value(address.bytes, into: .r1))) }
    append(.immediate(.value(port.networkBytes, into: portRegister)))
    append(
      .tproxy(TproxyExpression(family: packets, address: address.map { _ in .r1 }, port: portRegister)))
  }
}

extension NativeRuleReader {
  /// Consumes the expressions of a statement at the front; nil, with none consumed, if there is none.
  mutating func takeStatement() -> NativeStatement? {
    let list = Array(rest.prefix(3))
    for count in 1...3 where count <= list.count {
      if let statement = NativeStatement(Array(list.prefix(count))) {
        rest = rest.dropFirst(count)
        return statement
      }
    }
    return nil
  }
}

extension NativeStatement {
  /// The statement that consists of exactly these expressions; nil if it is not modelled.
  fileprivate init?(_ expressions: [Expression]) {
    switch expressions.count {
    case 1: self.init(expressions[0])
    case 2: self.init(expressions[0], expressions[1])
    case 3: self.init(expressions[0], expressions[1], expressions[2])
    default: return nil
    }
  }

  private init?(_ expression: Expression) {
    switch expression {
    case .counter: self = .counter
    case .immediate(.verdict(let verdict)): self.init(verdict)
    case .notrack: self = .untrack
    case .redirect(let redirect) where redirect.port == nil && redirect.flags == 0: self = .redirect(nil)
    default: return nil
    }
  }

  private init?(_ verdict: KernelVerdict) {
    switch verdict {
    case .accept: self = .accept
    case .drop: self = .drop
    case .return: self = .return
    case .continue: return nil
    case .jump(let chain):
      guard let name = NativeChainName(chain) else { return nil }
      self = .jump(name)
    case .goto(let chain):
      guard let name = NativeChainName(chain) else { return nil }
      self = .goto(name)
    }
  }

  private init?(_ first: Expression, _ second: Expression) {
    switch (first, second) {
    case (.immediate(.value(let bytes, let register)), let action): self.init(bytes, in: register, action)
    case (.meta(.load(.mark, let loaded)), .conntrack(.store(.mark, let stored))) where loaded == stored:
      self = .saveMark
    case (.conntrack(.load(.mark, let loaded)), .meta(.store(.mark, let stored))) where loaded == stored:
      self = .restoreMark
    default: return nil
    }
  }

  /// The statement that uses a constant.
  private init?(_ bytes: [UInt8], in register: Register, _ action: Expression) {
    switch action {
    case .meta(.store(.mark, register)):
      guard let mark = Mark(hostBytes: bytes) else { return nil }
      self = .setMark(mark)
    case .conntrack(.store(.mark, register)):
      guard let mark = Mark(hostBytes: bytes) else { return nil }
      self = .setConnectionMark(mark)
    case .conntrack(.store(.zone, register)):
      guard let zone = bytes[...].exactly(UInt16.self) else { return nil }
      self = .setZone(ConntrackZone(rawValue: zone))
    case .redirect(let redirect): self.init(redirect, low: (bytes, register), high: (bytes, register))
    case .tproxy(let tproxy) where tproxy.address == nil && tproxy.port == register:
      guard let port = Port(networkBytes: bytes) else { return nil }
      self.init(tproxy.family, nil, port)
    default: return nil
    }
  }

  private init?(_ first: Expression, _ second: Expression, _ third: Expression) {
    guard case .immediate(.value(let one, let firstRegister)) = first,
      case .immediate(.value(let two, let secondRegister)) = second, firstRegister != secondRegister
    else { return nil }
    switch third {
    case .redirect(let redirect):
      self.init(redirect, low: (one, firstRegister), high: (two, secondRegister))
    case .tproxy(let tproxy) where tproxy.address == firstRegister && tproxy.port == secondRegister:
      let family: IPFamily = one.count == 4 ? .ipv4 : .ipv6
      guard let port = Port(networkBytes: two), one.count * 8 == family.addressBits else { return nil }
      let bits = UInt128(bigEndianBytes: one)
      self.init(tproxy.family, IPAddress(family, bits: bits), port)
    default: return nil
    }
  }

  private typealias Constant = (bytes: [UInt8], register: Register)

  /// The kernel returns a single port as a range of one.
  private init?(_ redirect: RedirectExpression, low: Constant, high: Constant) {
    guard redirect.flags == UInt32(NF_NAT_RANGE_PROTO_SPECIFIED), redirect.port == low.register,
      (redirect.highestPort ?? low.register) == high.register,
      let first = Port(networkBytes: low.bytes), let last = Port(networkBytes: high.bytes),
      let ports = PortRange(from: first, to: last)
    else { return nil }
    self = .redirect(ports)
  }

  private init?(_ packets: TableFamily, _ address: IPAddress?, _ port: Port) {
    let family = packets.addressFamily
    guard packets == .any || family != nil, address == nil || address?.family == family else { return nil }
    self = .tproxy(family, address, port)
  }
}
