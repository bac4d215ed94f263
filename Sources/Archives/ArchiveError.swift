/// A reason for which an archive cannot be read.
public enum ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The compressed data or a header of the archive is not valid.
  case damaged
  /// The data end in the middle of a member.
  case cut
  /// The contents have more bytes than the limit.
  case tooLarge(limit: Int)
  /// The archive has more files than the limit.
  case tooManyFiles(limit: Int)

  public var description: String {
    switch self {
    case .damaged: "the archive is damaged"
    case .cut: "the archive is cut: it ends in the middle of a file"
    case .tooLarge(let limit): "the archive expands to more than \(limit >> 20) MiB"
    case .tooManyFiles(let limit): "the archive has more than \(limit) files"
    }
  }
}
