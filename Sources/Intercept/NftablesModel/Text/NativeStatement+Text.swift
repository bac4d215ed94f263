import NetworkValues

extension NativeStatement {
  /// The statement as `nft -s list ruleset` prints it.
  var nftText: String {
    switch self {
    case .counter: "counter"
    case .accept: "accept"
    case .drop: "drop"
    case .return: "return"
    case .jump(let chain): "jump \(chain)"
    case .goto(let chain): "goto \(chain)"
    case .redirect(let ports): ports.map { "redirect to :\($0.nftText)" } ?? "redirect"
    case .tproxy(let family, let address, let port):
      "tproxy \(family.map { "\($0.nftName) " } ?? "")to \(address?.nftHost ?? ""):\(port)"
    case .setMark(let mark): "meta mark set \(mark.nftText)"
    case .setConnectionMark(let mark): "ct mark set \(mark.nftText)"
    case .saveMark: "ct mark set meta mark"
    case .restoreMark: "meta mark set ct mark"
    case .setZone(let zone): "ct zone set \(zone)"
    case .untrack: "notrack"
    case .opaque(let words): words
    }
  }
}

extension PortRange {
  fileprivate var nftText: String { single.map(\.description) ?? "\(lowerBound)-\(upperBound)" }
}

extension IPAddress {
  /// The address before a port: `127.0.0.1`, `[::1]`.
  fileprivate var nftHost: String {
    switch self {
    case .ipv4: description
    case .ipv6: "[\(self)]"
    }
  }
}
