/// Writes a capture in pcapng format: one section, little endian, nanoseconds.
package enum PcapngWriter {
  /// The section header, which names the program that writes the capture.
  package static func header(application: String) -> [UInt8] {
    var body: [UInt8] = []
    body.append(little: 0x1a2b_3c4d as UInt32)
    body.append(little: 1 as UInt16)
    body.append(little: 0 as UInt16)
    // The length of the section is unknown.
    body += [UInt8](repeating: 0xff, count: 8)
    body.append(option: 4, Array(application.utf8))
    body.endOptions()
    return block(0x0a0d_0d0a, body)
  }

  package static func block(_ interface: CaptureInterface) -> [UInt8] {
    var body: [UInt8] = []
    body.append(little: interface.linkType.rawValue)
    body.append(little: 0 as UInt16)
    body.append(little: interface.snapLength)
    if !interface.name.isEmpty { body.append(option: 2, interface.name) }
    body.append(option: 9, [9])
    body.endOptions()
    return block(1, body)
  }

  package static func block(_ packet: CapturedPacket) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(packet.bytes.count + 64)
    body.append(little: UInt32(truncatingIfNeeded: packet.interface))
    body.append(little: UInt32(truncatingIfNeeded: packet.time >> 32))
    body.append(little: UInt32(truncatingIfNeeded: packet.time))
    body.append(little: UInt32(truncatingIfNeeded: packet.bytes.count))
    body.append(little: packet.originalLength)
    body += packet.bytes
    body.pad()
    packet.comments.forEach { body.append(option: 1, $0) }
    if let flags = packet.flags {
      var value: [UInt8] = []
      value.append(little: flags)
      body.append(option: 2, value)
    }
    if !packet.comments.isEmpty || packet.flags != nil { body.endOptions() }
    return block(6, body)
  }

  private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(truncatingIfNeeded: body.count + 12)
    var block: [UInt8] = []
    block.reserveCapacity(body.count + 12)
    block.append(little: type)
    block.append(little: length)
    block += body
    block.append(little: length)
    return block
  }
}

extension [UInt8] {
  /// Appends an option, cut at the greatest length of one.
  fileprivate mutating func append(option code: UInt16, _ value: [UInt8]) {
    let value = value.prefix(Int(UInt16.max) & ~3)
    append(little: code)
    append(little: UInt16(truncatingIfNeeded: value.count))
    self += value
    pad()
  }

  fileprivate mutating func endOptions() { append(little: 0 as UInt32) }
}
