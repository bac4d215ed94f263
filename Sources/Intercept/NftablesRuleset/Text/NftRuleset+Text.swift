import NetworkValues

extension NftRuleset {
  /// Reads the output of `nft list ruleset` or `nft -j list ruleset`.
  ///
  /// - Throws: ``NftSyntaxError`` with the line and the word where the text is something else.
  public init(text: String) throws(NftSyntaxError) {
    if text.utf8.first(where: { !$0.isWhitespace }) == UInt8(ascii: "{") {
      try self.init(json: text)
    } else {
      try self.init(listing: text)
    }
  }

  /// True if a text begins as a listing of nf_tables does: with a table, with a warning about tables of iptables-nft,
  /// or with `{"nftables":`.
  public static func isListing(_ text: String) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline).lazy.map { $0.trimmingBlanks() }
    let first = lines.first { !$0.isEmpty && !$0.hasPrefix("#") }
    let words = first?.split(separator: " ") ?? []
    if words.count > 1, words[0] == "table" { return true }
    return first?.filter { $0 != " " }.hasPrefix("{\"nftables\":") ?? false
  }
}
