public import NetworkValues

/// A rule of a native chain: if every match holds, the statements are executed in order.
///
/// Two rules are equal if they have the same effect: comment and counters are not compared.
public struct NativeRule: Sendable {
  /// The matches, in the order in which the kernel evaluates them.
  public let matches: [NativeMatch]
  /// The statements, in order, the counter among them.
  public let statements: [NativeStatement]
  /// The reason for the rule.
  public let comment: NativeComment?
  /// The rule's counters; nil unless read from the kernel.
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

/// The comment of a rule: at most 128 bytes (`NFTNL_UDATA_COMMENT_MAXLEN`), no double quote, no control characters.
public struct NativeComment: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// The length limit of `nft`, in bytes of UTF-8.
  public static let longest = 128

  /// Creates a comment from a text: `?` replaces invalid characters, and the end is cut off at the length limit. Nil
  /// if nothing is left.
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
