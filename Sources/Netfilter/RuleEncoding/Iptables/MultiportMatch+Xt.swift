import CNetfilter
import Intercept

/// `struct xt_multiport_v1`. A range uses two entries of the list, the first with a flag.
extension MultiportMatch: XtCodable {
  static var revision: UInt32 { 1 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_multiport_v1.self) { info in
      info.flags = UInt8(truncatingIfNeeded: side.flag.rawValue)
      info.invert = ports.isNegated ? 1 : 0
      for range in ports.value {
        info.append(range.lowerBound, startsRange: range.single == nil)
        if range.single == nil { info.append(range.upperBound, startsRange: false) }
      }
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_multiport_v1.self), let side = Side(flag: info.flags),
      let list = info.ranges
    else { return nil }
    self.init(side, info.invert != 0 ? .not(list) : .is(list))
  }
}

extension MultiportMatch.Side {
  fileprivate var flag: xt_multiport_flags {
    switch self {
    case .source: XT_MULTIPORT_SOURCE
    case .destination: XT_MULTIPORT_DESTINATION
    case .either: XT_MULTIPORT_EITHER
    }
  }

  fileprivate init?(flag: UInt8) {
    let sides: [Self] = [.source, .destination, .either]
    guard let side = sides.first(where: { $0.flag.rawValue == flag }) else { return nil }
    self = side
  }
}

// Swift sees C arrays as tuples, which have no subscript.
extension xt_multiport_v1 {
  /// Appends a port in host order; the list must have room.
  fileprivate mutating func append(_ port: Port, startsRange: Bool) {
    let place = Int(count)
    unsafe withUnsafeMutableBytes(of: &ports) { bytes in
      let list = unsafe bytes.bindMemory(to: UInt16.self)
      if list.indices.contains(place) { unsafe list[place] = port.rawValue }
    }
    unsafe withUnsafeMutableBytes(of: &pflags) { flags in
      if flags.indices.contains(place) { unsafe flags[place] = startsRange ? 1 : 0 }
    }
    count += 1
  }

  /// The list; nil if its count exceeds its capacity or a range has no valid end.
  fileprivate var ranges: [PortRange]? {
    let ports = unsafe withUnsafeBytes(of: ports) { unsafe Array($0.bindMemory(to: UInt16.self)) }
    let flags = unsafe withUnsafeBytes(of: pflags) { unsafe Array($0) }
    guard count <= ports.count else { return nil }
    var places = Array(zip(ports, flags))[..<Int(count)]
    var ranges: [PortRange] = []
    while let (port, startsRange) = places.popFirst() {
      let first = Port(rawValue: port)
      let last = startsRange == 0 ? first : places.popFirst().map { Port(rawValue: $0.0) }
      guard let last, let range = PortRange(from: first, to: last) else { return nil }
      ranges.append(range)
    }
    return ranges
  }
}
