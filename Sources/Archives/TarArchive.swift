/// The regular files of a tar archive: ustar and pax (POSIX.1-2001), and GNU tar's long names.
public struct TarArchive: Sendable {
  /// A file of the archive.
  public struct File: Hashable, Sendable {
    /// The path in the archive.
    public let name: String
    public let bytes: ArraySlice<UInt8>
  }

  public private(set) var files: [File] = []

  private static let mostFiles = 1 << 16
  /// The kernel's PATH_MAX.
  private static let longestName = 4096

  /// True if data begin with the header of a tar archive, or the empty block of one without files.
  public static func isTar(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= TarHeader.size else { return false }
    return bytes[257..<262].elementsEqual("ustar".utf8) || bytes[..<TarHeader.size].allSatisfy { $0 == 0 }
  }

  /// - Throws: ``ArchiveError`` if a header is damaged, a file is cut, or there are too many files.
  public init(_ bytes: [UInt8]) throws(ArchiveError) {
    var rest = bytes[...]
    var longName: String?
    while let header = try TarHeader(rest.prefix(TarHeader.size)) {
      rest = rest.dropFirst(TarHeader.size)
      guard header.length <= rest.count else { throw .cut }
      let contents = rest.prefix(header.length)
      switch header.kind {
      case .file:
        guard files.count < Self.mostFiles else { throw .tooManyFiles(limit: Self.mostFiles) }
        files.append(File(name: longName ?? header.name, bytes: contents))
        longName = nil
      case .longName: longName = try Self.name(contents.prefix { $0 != 0 })
      case .attributes: longName = try Self.path(inAttributes: contents) ?? longName
      case .other: longName = nil
      }
      rest = rest.dropFirst(header.lengthInBlocks)
    }
  }

  /// The value of `path` in the records of a pax header, each `LENGTH KEYWORD=VALUE` and a line feed.
  private static func path(inAttributes records: ArraySlice<UInt8>) throws(ArchiveError) -> String? {
    let key = Array("path=".utf8)
    for line in records.split(separator: UInt8(ascii: "\n")) {
      let record = line.drop { $0 != UInt8(ascii: " ") }.dropFirst()
      if record.starts(with: key) { return try name(record.dropFirst(key.count)) }
    }
    return nil
  }

  private static func name(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) -> String {
    guard bytes.count <= longestName else { throw .damaged }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The header of a file in a tar archive.
private struct TarHeader {
  /// Bytes of a header, and of a block of contents.
  static let size = 512

  /// The kind of a member, by its type flag.
  enum Kind {
    case file
    /// GNU tar's name of the next member.
    case longName
    /// The pax records of the next member.
    case attributes
    case other
  }

  let name: String
  let kind: Kind
  /// Bytes of the contents.
  let length: Int

  /// Bytes of the contents with the padding after them.
  var lengthInBlocks: Int { (length + Self.size - 1) / Self.size * Self.size }

  /// Nil at the end of the archive: no bytes, or a block of zeros.
  init?(_ block: ArraySlice<UInt8>) throws(ArchiveError) {
    let bytes = Array(block)
    guard bytes.contains(where: { $0 != 0 }) else { return nil }
    guard bytes.count == Self.size else { throw .cut }
    guard TarArchive.isTar(bytes), let length = Self.number(bytes[124..<136]) else { throw .damaged }
    self.length = length
    let (prefix, base) = (Self.text(bytes[345..<500]), Self.text(bytes[0..<100]))
    // GNU tar keeps times where POSIX has the prefix.
    let isPOSIX = bytes[262] == 0
    name = isPOSIX && !prefix.isEmpty ? "\(prefix)/\(base)" : base
    kind =
      switch bytes[156] {
      case 0, UInt8(ascii: "0"): .file
      case UInt8(ascii: "L"): .longName
      case UInt8(ascii: "x"): .attributes
      default: .other
      }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number in octal digits.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
    return digits.isEmpty
      ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
  }
}
