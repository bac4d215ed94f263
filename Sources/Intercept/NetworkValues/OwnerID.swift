/// The number of a socket's owner: a user or a group.
public protocol OwnerID: Hashable, Comparable, Sendable, LosslessStringConvertible {
  var rawValue: UInt32 { get }

  /// Makes an id; nil for 4294967295, which the kernel reserves as invalid (`INVALID_UID`).
  init?(rawValue: UInt32)
}

extension OwnerID {
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Reads a decimal number from 0 to 4294967294.
  public init?(_ description: String) {
    guard let value = UInt32(decimal: description) else { return nil }
    self.init(rawValue: value)
  }

  public var description: String { String(rawValue) }
}

/// A user's number.
///
/// The corresponding C type is `uid_t`.
public struct UserID: OwnerID {
  public let rawValue: UInt32

  /// Makes an id from a number known to be valid.
  package init(known rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init?(rawValue: UInt32) {
    guard rawValue != .max else { return nil }
    self.rawValue = rawValue
  }
}

/// A group's number.
///
/// The corresponding C type is `gid_t`.
public struct GroupID: OwnerID {
  public let rawValue: UInt32

  /// Makes an id from a number known to be valid.
  package init(known rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init?(rawValue: UInt32) {
    guard rawValue != .max else { return nil }
    self.rawValue = rawValue
  }
}

extension ClosedRange where Bound: OwnerID {
  public init(_ id: Bound) {
    self = id...id
  }

  /// Makes the range of two ids and all between; nil if they are in the wrong order.
  public init?(from first: Bound, to last: Bound) {
    guard first <= last else { return nil }
    self = first...last
  }

  /// The range as `iptables-save` prints it: `1337` or `1000-2000`.
  public var text: String {
    lowerBound == upperBound ? lowerBound.description : "\(lowerBound)-\(upperBound)"
  }
}
