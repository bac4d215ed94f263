import Archives

/// Data in gzip format, or a tar archive. Neither expands beyond its limit.
enum ArchiveReader: FuzzedReader {
  static let name = "archive"

  private static let limit = 1 << 20

  static func check(_ input: [UInt8]) {
    do {
      let data = Gzip.isGzip(input) ? try Gzip.expand(input, limit: limit) : input
      Oracle.expect(data.count <= max(limit, input.count), "the contents are larger than the limit", input)
      let files = try TarArchive(data).files
      Oracle.expect(
        files.reduce(0) { $0 + $1.bytes.count } <= data.count, "the files are larger than the archive", input)
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
