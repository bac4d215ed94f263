import NetworkValues

/// Pairs the two lines of one connection between two proxies: the client's outbound line and the server's inbound
/// line.
///
/// The client's source (`upstream_local_address`) is the server's peer (`downstream_remote_address`). Requests that
/// share a connection differ in their request ID. A bounded number of unpaired lines is kept.
struct HopPairs: Sendable {
  /// Greatest number of unpaired lines.
  private static let capacity = 1 << 16
  /// Greatest difference of the times of two lines whose server addresses differ, in milliseconds.
  private static let longestDelay = 10_000

  private struct Pending: Sendable {
    let number: Int
    let isInbound: Bool
    /// Hash of the server's address and port.
    let server: Int
    let port: Int?
    let time: Int?
  }

  /// Unpaired lines, by the hash of the client's address, port and request ID.
  private var pending: [Int: Pending] = [:]
  /// Keys in the order of their lines.
  private var order: [Int] = []
  private var oldest = 0

  /// The number of the other line, if it was before this one.
  mutating func partner(of entry: AccessLogEntry) -> Int? {
    guard let isInbound = entry.isInboundLine else { return nil }
    let client = entry.raw(isInbound ? .downstreamRemoteAddress : .upstreamLocalAddress)
    let server = entry.raw(isInbound ? .downstreamLocalAddress : .upstreamHost)
    guard client.count > 1, server.count > 1 else { return nil }
    let key = client.hash(with: entry.raw(.requestID))
    let line = Pending(
      number: entry.number, isInbound: isInbound, server: server.hash(), port: server.port,
      time: entry.milliseconds)
    if let other = pending[key], Self.belong(line, other) {
      pending[key] = nil
      return other.number
    }
    keep(line, key)
    return nil
  }

  private static func belong(_ line: Pending, _ other: Pending) -> Bool {
    guard line.isInbound != other.isInbound else { return false }
    if line.server == other.server { return true }
    // Addresses may be translated between the pods, ports rarely are.
    guard line.port == other.port, let time = line.time, let otherTime = other.time else { return false }
    return abs(time - otherTime) <= longestDelay
  }

  private mutating func keep(_ line: Pending, _ key: Int) {
    if pending.updateValue(line, forKey: key) != nil { return }
    if order.count < Self.capacity {
      order.append(key)
    } else {
      pending[order[oldest]] = nil
      order[oldest] = key
      oldest = (oldest + 1) % Self.capacity
    }
  }
}

extension ArraySlice<UInt8> {
  /// The number after the last colon.
  fileprivate var port: Int? {
    guard let colon = lastIndex(of: .colon) else { return nil }
    return Int(digits: self[(colon + 1)...], base: 10)
  }

  /// A hash of the bytes, and of others after them. Swift seeds it at random, so that no log can choose collisions.
  func hash(with others: ArraySlice<UInt8>...) -> Int {
    var hasher = Hasher()
    for part in [self] + others {
      hasher.combine(part.count)
      part.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    return hasher.finalize()
  }
}

extension AccessLogEntry {
  /// True for a server's line, false for a client's; nil for lines of neither, such as those without a connection.
  fileprivate var isInboundLine: Bool? {
    let cluster = raw(.upstreamCluster)
    if cluster.starts(with: Self.inboundStart) || cluster.starts(with: Self.inboundPassthroughStart) {
      return true
    }
    return raw(.upstreamLocalAddress).count > 1 ? false : nil
  }

  private static let inboundStart = Array("inbound|".utf8)
  private static let inboundPassthroughStart = Array("InboundPassthrough".utf8)
}
