import Archives
import Glibc
import Intercept
import RuleCommands

/// Files in archives: tar, compressed with gzip or not, and single files compressed with gzip.
extension InputFile {
  private static let archiveEndings = [".tar.gz", ".tgz", ".tar"]

  /// Returns the file, or from an archive each file with the wanted contents. `ARCHIVE:FILE` is a file of an archive.
  ///
  /// - Throws: `CommandError` if the file cannot be read, or an archive has no such contents.
  func parts(with content: ArchiveContent) throws(CommandError) -> [InputPart] {
    let parts = try partsIfAny(with: content)
    guard !parts.isEmpty else {
      throw CommandError("\(name) is an archive without a file with \(content.rawValue)")
    }
    return parts
  }

  /// Returns the file, or from an archive each file with the wanted contents, if it has any. `ARCHIVE:FILE` is a file of
  /// an archive.
  ///
  /// - Throws: `CommandError` if the file cannot be read, or the archive has no such file.
  func partsIfAny(with content: ArchiveContent) throws(CommandError) -> [InputPart] {
    guard let (archive, member) = namedMember else { return try parts(content.accepts) }
    let parts = try archive.parts { $0.name == member }
    guard !parts.isEmpty else {
      throw CommandError("\(archive.name) is an archive without a file named \(member.quotedForMessage)")
    }
    return parts
  }

  /// Returns the file, or from an archive the only file with the wanted contents.
  ///
  /// - Throws: `CommandError` if the file cannot be read, or an archive has no such file or several.
  func part(with content: ArchiveContent) throws(CommandError) -> InputPart {
    let parts = try parts(with: content)
    guard parts.count == 1, let part = parts.first else {
      let names = parts.prefix(3).map(\.name).joined(separator: ", ")
      throw CommandError(
        "\(name) has \(parts.count) files with \(content.rawValue); give one of them: \(names)"
          + "\(parts.count > 3 ? " or another" : "")")
    }
    return part
  }

  /// Reads a file line by line while it grows, or from an archive the files with the wanted contents.
  ///
  /// - Throws: `CommandError` with the file's name and the reason; or what `body` throws.
  func forEachLine(of content: ArchiveContent, _ body: (Span<UInt8>) throws -> Void) throws {
    guard namedMember != nil || (Self.archiveEndings + [".gz"]).contains(where: name.lowercased().hasSuffix)
    else { return try forEachLine(body) }
    for part in try parts(with: content) {
      var splitter = LineSplitter()
      try splitter.read(part.bytes.span, body)
      try splitter.finish(body)
    }
  }

  /// The file, or the files of an archive that are accepted.
  private func parts(_ accepts: (TarArchive.File) -> Bool) throws(CommandError) -> [InputPart] {
    let bytes = try bytes()
    do throws(ArchiveError) {
      let data = Gzip.isGzip(bytes) ? try Gzip.expand(bytes, limit: sizeLimit) : bytes
      guard TarArchive.isTar(data) else { return [InputPart(name: name, bytes: data)] }
      return try TarArchive(data).files.filter(accepts).map {
        InputPart(name: "\(name):\($0.name)", bytes: Array($0.bytes))
      }
    } catch {
      throw CommandError("\(name): \(error)")
    }
  }

  /// The archive and the file in it of a path `ARCHIVE:FILE`; nil for a path of a file, and if there is no such archive.
  private var namedMember: (archive: InputFile, member: String)? {
    guard access(path, F_OK) != 0 else { return nil }
    for ending in Self.archiveEndings {
      guard let place = path.firstRange(of: ending + ":") else { continue }
      let archive = String(path[..<place.upperBound].dropLast())
      if access(archive, F_OK) == 0 {
        return (InputFile(archive, sizeLimit: sizeLimit), String(path[place.upperBound...]))
      }
    }
    return nil
  }
}
