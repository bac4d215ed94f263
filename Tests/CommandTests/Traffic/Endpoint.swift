import Glibc

/// An address and a port.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  let family: Int32

  /// Of an address of either family, in bytes.
  static let greatestSize = 28

  private let address: [UInt8]
  private let port: UInt16

  static func ipv4(_ address: [UInt8], _ port: UInt16) -> Endpoint {
    Endpoint(family: AF_INET, address: address, port: port)
  }

  static func ipv6(_ address: [UInt8], _ port: UInt16) -> Endpoint {
    Endpoint(family: AF_INET6, address: address, port: port)
  }

  /// Every address of a family.
  static func any(_ family: Int32, _ port: UInt16) -> Endpoint {
    Endpoint(family: family, address: Array(repeating: 0, count: family == AF_INET ? 4 : 16), port: port)
  }

  /// As the kernel has it (`sockaddr_in`, `sockaddr_in6`).
  var bytes: [UInt8] {
    let start = withUnsafeBytes(of: UInt16(family)) { Array($0) } + [UInt8(port >> 8), UInt8(port & 0xff)]
    let zeros = [UInt8](repeating: 0, count: family == AF_INET ? 8 : 4)
    return family == AF_INET ? start + address + zeros : start + zeros + address + zeros
  }

  var description: String { "\(address.map { String($0, radix: 16) }.joined(separator: ".")) port \(port)" }

  /// Calls a function of sockets with the address.
  func with(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.map { call($0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) } ?? -1
    }
  }
}
