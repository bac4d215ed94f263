/// An address and a port.
public struct Endpoint: Hashable, Sendable {
  public var address: IPAddress
  public var port: Port

  public init(_ address: IPAddress, _ port: Port) {
    self.address = address
    self.port = port
  }
}

extension Endpoint: LosslessStringConvertible {
  /// Reads `10.0.0.1:80` or `[fd00::1]:80`.
  public init?(_ description: String) {
    guard let colon = description.lastIndex(of: ":"),
      let port = Port(String(description[colon...].dropFirst()))
    else { return nil }
    let host = description[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    guard let address = IPAddress(String(isBracketed ? host.dropFirst().dropLast() : host)),
      isBracketed == (address.family == .ipv6)
    else { return nil }
    self.init(address, port)
  }

  public var description: String {
    switch address {
    case .ipv4: "\(address):\(port)"
    case .ipv6: "[\(address)]:\(port)"
    }
  }
}
