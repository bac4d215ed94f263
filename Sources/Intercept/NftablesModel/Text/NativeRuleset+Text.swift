import RuleModel

extension NativeRuleset {
  /// The rules as a script for `nft -f`, word for word as `nft -s list ruleset` (1.0.6) prints them if there are no
  /// other tables.
  ///
  /// Loading the script again adds the rules a second time. To replace them, precede the script with
  /// `delete table inet istio-proxy-nat` and the like.
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
  /// The chain's properties as `nft` prints them: `type nat hook output priority -100; policy accept;`.
  public var nftText: String {
    "type \(kind.rawValue) hook \(hook.rawValue.lowercased()) priority \(priorityText); "
      + "policy \(policy.rawValue.lowercased());"
  }

  /// The priority's name at this hook in `nft` 1.0.6, else the number.
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
