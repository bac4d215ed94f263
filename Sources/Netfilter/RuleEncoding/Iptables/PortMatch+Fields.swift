import Intercept
import NFTables

/// The ports of TCP and UDP, which iptables-nft compares with native expressions.
struct PortComparisons {
  var source: Condition<PortRange>?
  var destination: Condition<PortRange>?
}

extension PortComparisons {
  private static let portLength = UInt32(MemoryLayout<UInt16>.size)
  private static let sourceField = FieldComparison.Field.payload(.transport, offset: 0, length: portLength)
  private static let destinationField = FieldComparison.Field.payload(
    .transport, offset: portLength, length: portLength)
  private static let bothFields = FieldComparison.Field.payload(.transport, offset: 0, length: 2 * portLength)

  /// The comparisons of the ports; none if every port matches.
  func fieldTests() throws(PartEncodingError) -> [FieldComparison] {
    if let both { return [both] }
    var tests: [FieldComparison] = []
    for (field, ports) in [(Self.sourceField, source), (Self.destinationField, destination)] {
      if let ports, let comparison = try FieldComparison.Comparison(ports) {
        tests.append(FieldComparison(field, comparison))
      }
    }
    return tests
  }

  /// One comparison for two single ports. Not for port zero, which iptables-nft treats as the start of a range.
  private var both: FieldComparison? {
    guard let source, let destination, source.isNegated == destination.isNegated,
      let first = source.value.single, let second = destination.value.single,
      first.rawValue != 0, second.rawValue != 0
    else { return nil }
    let bytes = first.networkBytes + second.networkBytes
    return FieldComparison(Self.bothFields, .equal(source.map { _ in bytes }))
  }
}

extension PortComparisons {
  /// Decodes a comparison of one port or both; nil for any other comparison.
  init?(_ test: FieldComparison) {
    guard test.mask == nil, let comparison = test.comparison else { return nil }
    switch test.field {
    case Self.sourceField: source = comparison.ports
    case Self.destinationField: destination = comparison.ports
    case Self.bothFields:
      guard let bytes = comparison.equality, bytes.value.count == 4 else { return nil }
      source = FieldComparison.Comparison.equal(bytes.map { Array($0.prefix(2)) }).ports
      destination = FieldComparison.Comparison.equal(bytes.map { Array($0.suffix(2)) }).ports
    default: return nil
    }
    if source == nil, destination == nil { return nil }
  }

  /// These ports and those of another match; nil if both have the same side.
  func merged(source: Condition<PortRange>?, destination: Condition<PortRange>?) -> PortComparisons? {
    guard self.source == nil || source == nil, self.destination == nil || destination == nil else {
      return nil
    }
    return PortComparisons(source: self.source ?? source, destination: self.destination ?? destination)
  }
}

extension FieldComparison.Comparison {
  /// The comparison of a port with a range; nil if the range contains every port.
  fileprivate init?(_ ports: Condition<PortRange>) throws(PartEncodingError) {
    let (low, high) = (ports.value.lowerBound, ports.value.upperBound)
    switch (low, high) {
    case (0, 65535):
      if ports.isNegated { throw PartEncodingError("! \(ports.value.text)", "matches no packet at all") }
      return nil
    case (high, _): self = .equal(ports.map { _ in low.networkBytes })
    case (0, _): self = .compare(ports.isNegated ? .greater : .lessOrEqual, high.networkBytes)
    default: self = .range(from: low.networkBytes, to: high.networkBytes, isInverted: ports.isNegated)
    }
  }

  fileprivate var ports: Condition<PortRange>? {
    switch self {
    case .compare(let operation, let bytes):
      Port(networkBytes: bytes).flatMap { Self.ports(operation, $0) }
    case .range(let low, let high, let isInverted):
      Self.ports(low, high).map { isInverted ? .not($0) : .is($0) }
    }
  }

  private static func ports(_ low: [UInt8], _ high: [UInt8]) -> PortRange? {
    guard let low = Port(networkBytes: low), let high = Port(networkBytes: high) else { return nil }
    return PortRange(from: low, to: high)
  }

  private static func ports(_ operation: CompareExpression.Operation, _ port: Port) -> Condition<PortRange>? {
    switch operation {
    case .equal: .is(PortRange(port))
    case .notEqual: .not(PortRange(port))
    case .lessOrEqual: .is(0...port)
    case .greaterOrEqual: .is(port...65535)
    case .less: port == 0 ? nil : .is(0...Port(rawValue: port.rawValue - 1))
    case .greater: port == 65535 ? nil : .is(Port(rawValue: port.rawValue + 1)...65535)
    default: nil
    }
  }
}

/// The encoding of a port in a packet.
extension Port {
  var networkBytes: [UInt8] { [UInt8(rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)] }

  init?(networkBytes bytes: [UInt8]) {
    guard bytes.count == 2 else { return nil }
    self.init(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
  }
}
