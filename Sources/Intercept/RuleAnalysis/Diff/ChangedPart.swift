import RuleModel

/// A part of a rule that is not as it should be, in iptables' words.
public struct ChangedPart: Hashable, Sendable, Encodable {
  /// The part as it is: `--dport 15021`; nil where the live rule has none.
  public let live: String?
  /// The part as it should be; nil where there should be none.
  public let wanted: String?

  /// One line: `--dport 15021 should be 15020`.
  public var text: String {
    switch (live, wanted) {
    case (let live?, let wanted?): "\(live) should be \(Self.shortened(wanted, besides: live))"
    case (nil, let wanted?): "\(wanted) is missing"
    case (let live?, nil): "\(live) should not be there"
    case (nil, nil): ""
    }
  }

  /// The wanted part without the option, where both have the same one.
  private static func shortened(_ wanted: String, besides live: String) -> String {
    guard let blank = wanted.lastIndex(of: " "), live.hasPrefix(wanted[...blank]) else { return wanted }
    return String(wanted[wanted.index(after: blank)...])
  }
}

extension ChangedPart {
  /// What differs between two rules: conditions in the order they are printed, then the target.
  static func parts(wanted: NormalizedRule, live: NormalizedRule) -> [ChangedPart] {
    let fields = PacketFieldSet(wanted.conditions.symmetricDifference(live.conditions)).fields
    let conditions = fields.flatMap { field in
      paired(
        wanted.conditions(about: field).filter { !live.conditions.contains($0) }.map(\.text),
        live.conditions(about: field).filter { !wanted.conditions.contains($0) }.map(\.text))
    }
    guard wanted.target != live.target else { return conditions }
    return conditions + paired(wanted.target.words, live.target.words)
  }

  private static func paired(_ wanted: [String], _ live: [String]) -> [ChangedPart] {
    (0..<max(wanted.count, live.count)).map { index in
      ChangedPart(
        live: index < live.count ? live[index] : nil, wanted: index < wanted.count ? wanted[index] : nil)
    }
  }
}

extension Target {
  /// The target as text, nothing where there is none.
  fileprivate var words: [String] { iptablesText.isEmpty ? [] : [iptablesText] }
}
