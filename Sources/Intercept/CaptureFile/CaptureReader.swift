/// A capture that cannot be read, with the reason.
package struct CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Reads a capture in pcap or pcapng format, in either byte order, while it grows.
///
/// The formats are those of <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html> and
/// <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html>.
package struct CaptureReader: Sendable {
  /// An interface or packet of a capture; blocks of other kinds are left out.
  package enum Item: Hashable, Sendable {
    case interface(CaptureInterface)
    case packet(CapturedPacket)
  }

  /// Greatest number of bytes of a packet, as in libpcap.
  static let longestPacket = 262_144
  /// Greatest number of bytes of a block of pcapng.
  static let longestBlock = 16 << 20

  private enum Format: Sendable {
    case pcap(PcapFormat)
    case pcapng(PcapngFormat)
  }

  /// Bytes that are not read yet.
  private var bytes: [UInt8] = []
  private var position = 0
  private var format: Format?
  private var ready: [Item] = []
  /// The fault after the last item; it is thrown once the items before it are returned.
  private var fault: CaptureError?

  package init() {}

  /// Reads the items that the bytes complete, up to a fault.
  ///
  /// - Throws: `CaptureError` if the bytes are in neither format, or follow a fault.
  package mutating func read(_ chunk: Span<UInt8>) throws(CaptureError) -> [Item] {
    if let fault { throw fault }
    chunk.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    ready.removeAll(keepingCapacity: true)
    if format == nil { try readHeader() }
    do {
      while try readItem() {}
    } catch {
      fault = error
    }
    bytes.removeFirst(position)
    position = 0
    return ready
  }

  /// Ends the reading.
  ///
  /// - Throws: `CaptureError` if the capture has a fault, or ends within a packet or block.
  package func finish() throws(CaptureError) {
    if let fault { throw fault }
    guard format != nil else { throw CaptureError("this is no capture: it has \(bytes.count) bytes") }
    guard bytes.isEmpty else {
      throw CaptureError("the capture ends within a packet: \(bytes.count) bytes are left over")
    }
  }

  private mutating func readHeader() throws(CaptureError) {
    guard bytes.count >= 4 else { return }
    if ByteOrder.big.uint32(bytes, 0) == PcapngFormat.sectionHeader {
      format = .pcapng(PcapngFormat())
    } else if bytes.count >= PcapFormat.headerLength {
      let pcap = try PcapFormat(header: bytes)
      format = .pcap(pcap)
      position = PcapFormat.headerLength
      ready.append(.interface(pcap.interface))
    }
  }

  /// Reads the next packet or block; false if it is not complete.
  private mutating func readItem() throws(CaptureError) -> Bool {
    switch format {
    case nil: return false
    case .pcap(let pcap):
      guard let (packet, next) = try pcap.packet(in: bytes, at: position) else { return false }
      ready.append(.packet(packet))
      position = next
    case .pcapng(var pcapng):
      guard let (item, next) = try pcapng.block(in: bytes, at: position) else { return false }
      if let item { ready.append(item) }
      format = .pcapng(pcapng)
      position = next
    }
    return true
  }
}
