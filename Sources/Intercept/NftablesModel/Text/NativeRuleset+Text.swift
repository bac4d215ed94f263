import RuleModel

extension NativeRuleset {
  /// The rules as an nft script: what `nft -f` takes, and what `nft -s list ruleset` (1.0.6) prints afterwards, word
  /// for word, where nothing else is there.
  ///
  /// Loaded a second time, it would add its rules once more; what is to replace others goes behind
  /// `delete table inet istio-proxy-nat` and its like in the same script.
  public var nftText: String { tables.map(\.nftText).joined() }
}

extension NativeTable {
  fileprivate var nftText: String {
    "table inet \(name.kernelName) {\n\(chains.map(\.nftText).joined(separator: "\n"))}\n"
  }
}

extension NativeChain {
  fileprivate var nftText: String {
    let head = base.map { "\t\t\($0.nftText)\n" } ?? ""
    return "\tchain \(name) {\n\(head)\(rules.map { "\t\t\($0.nftText)\n" }.joined())\t}\n"
  }
}

extension NativeBaseChain {
  /// How and when the kernel calls the chain, in nft's words: `type nat hook output priority -100; policy accept;`.
  public var nftText: String {
    "type \(kind.rawValue) hook \(hook.rawValue.lowercased()) priority \(priorityText); "
      + "policy \(policy.rawValue.lowercased());"
  }

  /// The priority by the name that `nft` 1.0.6 has for it at this hook.
  private var priorityText: String {
    switch (priority, hook) {
    case (-300, _): "raw"
    case (-150, _): "mangle"
    case (-100, .prerouting): "dstnat"
    case (0, _): "filter"
    case (50, _): "security"
    case (100, .postrouting): "srcnat"
    default: "\(priority)"
    }
  }
}
