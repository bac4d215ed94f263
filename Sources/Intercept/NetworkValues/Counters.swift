/// Numbers of packets and bytes that a rule or a chain's policy has matched.
public struct Counters: Hashable, Sendable {
  public var packets: UInt64
  public var bytes: UInt64

  public init(packets: UInt64, bytes: UInt64) {
    self.packets = packets
    self.bytes = bytes
  }
}

extension Counters: CustomStringConvertible {
  /// `[12:720]`, as `iptables-save -c` prints them.
  public var description: String { "[\(packets):\(bytes)]" }
}
