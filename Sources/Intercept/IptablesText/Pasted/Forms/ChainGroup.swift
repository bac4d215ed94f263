import NetworkValues
import RuleModel

/// The chains of a listing of one table, which shows where the next table begins.
struct ChainGroup {
  private var chains: Set<Substring> = []
  private var hasUserChains = false
  private var lastHook: Int?
  /// The family of the first address.
  var family: IPFamily?

  /// True if a command of `iptables -S` begins another table.
  func ends(before words: [Substring]) -> Bool {
    guard words.count > 1, ["-P", "-N"].contains(words[0]) else { return false }
    return ends(beforeChain: words[1])
  }

  func ends(beforeChain name: Substring) -> Bool {
    guard !chains.contains(name) else { return true }
    guard let hook = Self.hookIndex(name) else { return false }
    return hasUserChains || lastHook.map { hook < $0 } == true
  }

  mutating func add(_ words: [Substring]) {
    guard words.count > 1 else { return }
    if ["-P", "-N"].contains(words[0]) { add(chain: words[1]) } else { hasUserChains = true }
  }

  mutating func add(chain name: Substring) {
    chains.insert(name)
    if let hook = Self.hookIndex(name) { lastHook = hook } else { hasUserChains = true }
  }

  private static func hookIndex(_ name: Substring) -> Int? {
    Hook(rawValue: String(name)).flatMap(Hook.allCases.firstIndex)
  }
}
