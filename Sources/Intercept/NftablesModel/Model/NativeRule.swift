public import NetworkValues

/// A rule of a native chain: where all matches hold, the statements happen one after the other.
///
/// Two rules are equal if they do the same: comment and counts are for the reader.
public struct NativeRule: Sendable {
  /// The conditions, in the order in which the kernel asks.
  public let matches: [NativeMatch]
  /// What happens, in order; the counter stands where the kernel counts.
  public let statements: [NativeStatement]
  /// Why the rule exists.
  public let comment: NativeComment?
  /// What the rule has counted; nil where nobody looked.
  public let counters: Counters?

  public init(
    _ matches: [NativeMatch], _ statements: [NativeStatement], comment: NativeComment? = nil,
    counters: Counters? = nil
  ) {
    self.matches = matches
    self.statements = statements
    self.comment = comment
    self.counters = counters
  }
}

extension NativeRule: Hashable {
  public static func == (left: NativeRule, right: NativeRule) -> Bool {
    left.matches == right.matches && left.statements == right.statements
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(matches)
    hasher.combine(statements)
  }
}

/// A rule's comment: at most 128 bytes (`NFTNL_UDATA_COMMENT_MAXLEN`), no double quote, no control characters.
public struct NativeComment: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// The longest comment that `nft` takes, in bytes of UTF-8.
  public static let longest = 128

  /// Makes a comment of words: characters that cannot stand in one become `?`, and what is too long is cut. Nil if
  /// nothing is left.
  public init?(_ words: String) {
    var text = ""
    for scalar in words.unicodeScalars {
      let isAllowed = scalar.value >= 0x20 && scalar.value != 0x7f && scalar != "\""
      let next: Unicode.Scalar = isAllowed ? scalar : "?"
      guard text.utf8.count + UTF8.width(next) <= Self.longest else { break }
      text.unicodeScalars.append(next)
    }
    guard !text.isEmpty else { return nil }
    description = text
  }
}
