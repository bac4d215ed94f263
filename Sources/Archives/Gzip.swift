import CZlib

/// Data in gzip format (RFC 1952), expanded with zlib.
@safe public enum Gzip {
  private static let magic: [UInt8] = [0x1f, 0x8b]
  /// Number of bytes that are expanded at a time.
  private static let chunkSize = 1 << 18

  /// True if data begin as a gzip member does.
  public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

  /// Returns the contents of all members, one after the other; data after them that are no member are ignored.
  ///
  /// - Parameters:
  ///   - bytes: the compressed data, less than 4 GiB.
  ///   - limit: the greatest number of bytes of the contents.
  /// - Throws: ``ArchiveError`` if the data are damaged or cut, or expand beyond the limit.
  public static func expand(_ bytes: [UInt8], limit: Int) throws(ArchiveError) -> [UInt8] {
    let result = unsafe bytes.withUnsafeBufferPointer { input in
      var stream = unsafe z_stream()
      return unsafe withUnsafeMutablePointer(to: &stream) { stream in
        Result { () throws(ArchiveError) in unsafe try expand(input, stream, limit) }
      }
    }
    return try result.get()
  }

  private static func expand(
    _ input: UnsafeBufferPointer<UInt8>, _ stream: UnsafeMutablePointer<z_stream>, _ limit: Int
  ) throws(ArchiveError) -> [UInt8] {
    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
    // 16 more than the greatest window selects the gzip format.
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, size) == Z_OK else { throw .damaged }
    defer { unsafe inflateEnd(stream) }
    var contents: [UInt8] = []
    // Every round expands a byte at least, or ends.
    while true {
      let status = unsafe appendChunk(of: stream, to: &contents)
      guard contents.count <= limit else { throw .tooLarge(limit: limit) }
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        let rest = unsafe UnsafeBufferPointer(
          start: stream.pointee.next_in, count: Int(stream.pointee.avail_in))
        guard unsafe rest.starts(with: magic), unsafe inflateReset(stream) == Z_OK else { return contents }
      default: throw unsafe stream.pointee.avail_in == 0 ? .cut : .damaged
      }
    }
  }

  /// Expands the next bytes.
  ///
  /// - Returns: the status of zlib's `inflate`.
  private static func appendChunk(
    of stream: UnsafeMutablePointer<z_stream>, to contents: inout [UInt8]
  ) -> Int32 {
    var status = Z_OK
    contents += unsafe [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
      unsafe stream.pointee.next_out = buffer.baseAddress
      unsafe stream.pointee.avail_out = UInt32(buffer.count)
      status = unsafe inflate(stream, Z_NO_FLUSH)
      count = unsafe buffer.count - Int(stream.pointee.avail_out)
    }
    return status
  }
}
