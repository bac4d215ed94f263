/// A routing table's number (`RTA_TABLE`).
public struct RouteTable: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init(integerLiteral value: UInt32) {
    self.init(rawValue: value)
  }
}

extension RouteTable: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
