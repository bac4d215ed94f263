import CNetfilter
import Intercept

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
