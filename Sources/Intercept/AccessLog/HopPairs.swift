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
    let server: [UInt8]
    let time: Int?
  }

  private var pending: [[UInt8]: [Pending]] = [:]
  /// Keys in the order of their lines.
  private var order: [[UInt8]] = []
  private var oldest = 0

  /// The number of the other line, if it was before this one.
  mutating func partner(of entry: AccessLogEntry) -> Int? {
    guard let isInbound = entry.isInboundLine else { return nil }
    let client = entry.raw(isInbound ? .downstreamRemoteAddress : .upstreamLocalAddress)
    let server = entry.raw(isInbound ? .downstreamLocalAddress : .upstreamHost)
    guard client.count > 1, server.count > 1 else { return nil }
    let key = Array(client) + [.space] + entry.raw(.requestID)
    let line = Pending(
      number: entry.number, isInbound: isInbound, server: Array(server), time: entry.milliseconds)
    if let index = pending[key]?.firstIndex(where: { Self.belong(line, $0) }) {
      return pending[key]?.remove(at: index).number
    }
    keep(line, key)
    return nil
  }

  private static func belong(_ line: Pending, _ other: Pending) -> Bool {
    guard line.isInbound != other.isInbound else { return false }
    if line.server == other.server { return true }
    // Addresses may be translated between the pods, ports rarely are.
    guard line.server.port == other.server.port, let time = line.time, let otherTime = other.time
    else { return false }
    return abs(time - otherTime) <= longestDelay
  }

  private mutating func keep(_ line: Pending, _ key: [UInt8]) {
    if order.count < Self.capacity {
      order.append(key)
    } else {
      drop(order[oldest])
      order[oldest] = key
      oldest = (oldest + 1) % Self.capacity
    }
    pending[key, default: []].append(line)
  }

  private mutating func drop(_ key: [UInt8]) {
    guard var lines = pending[key] else { return }
    if !lines.isEmpty { lines.removeFirst() }
    pending[key] = lines.isEmpty ? nil : lines
  }
}

extension [UInt8] {
  /// The digits after the last colon.
  fileprivate var port: SubSequence { suffix { $0 != .colon } }

  private func suffix(while belongs: (UInt8) -> Bool) -> SubSequence {
    self[(lastIndex { !belongs($0) }.map { $0 + 1 } ?? startIndex)...]
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
