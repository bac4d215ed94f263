import Intercept
import Netfilter
import TestSupport

/// The `nft` command, in the calling thread's network namespace.
enum NFT {
  static func load(_ text: String) throws { try run("nft", "-f", "-", input: text) }

  /// The rules as `nft` prints them, without counts.
  static func list() throws -> String { try run("sh", "-c", "nft -s list ruleset 2>/dev/null") }

  /// Everything there is, with every expression, without handles; the elements of each set sorted, since the kernel
  /// gives those of a hash in any order.
  static func listing() throws -> String {
    let lines = try run("sh", "-c", "nft --debug=netlink list ruleset 2>/dev/null").split(
      separator: "\n", omittingEmptySubsequences: false)
    var elements: [String] = []
    var text: [String] = []
    for line in lines {
      if line.hasPrefix("\telement") {
        elements.append(String(line))
        continue
      }
      text += elements.sorted() + [withoutHandles(line)]
      elements = []
    }
    return text.joined(separator: "\n")
  }

  /// The head of a rule has its handle after the chain, and that of the rule before it.
  private static func withoutHandles(_ line: Substring) -> String {
    let words = line.split(separator: " ")
    let isHead = words.count >= 4 && ["ip", "ip6", "inet"].contains(words[0]) && line.first != "\t"
    return isHead ? words.prefix(3).joined(separator: " ") : String(line)
  }

  /// The sets of all tables with what `nft` keeps beside them, without their names.
  static func sets() throws -> [RawSet] {
    var connection = try NFTablesConnection.open()
    return try connection.sets().map { set in
      var set = set
      set.name = ""
      // The key's name in nft's userdata does not affect the listing.
      set.userdata = []
      return set
    }
  }
}
