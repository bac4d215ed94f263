import TestSupport

/// The content of a namespace, as `nft` and `ip` show it.
enum Snapshot {
  /// All that nf_tables holds, in sorted lines: the order in which chains were made does not count.
  static func listing() throws -> [Substring] {
    try Program.require("sh", "-c", "nft list ruleset 2>/dev/null").split(separator: "\n").sorted()
  }

  static func routing() throws -> [Substring] {
    let shows = ["rule", "route show table all", "address"]
    let commands = shows.flatMap { ["ip -4 \($0)", "ip -6 \($0)"] }.joined(separator: "; ")
    // An address is tentative for a moment, and its route comes when it no longer is.
    return try Program.require("sh", "-c", commands).replacing(" tentative", with: "").split(separator: "\n")
      .filter { !$0.hasPrefix("local ::6") }
  }
}
