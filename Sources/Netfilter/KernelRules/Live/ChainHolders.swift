import Intercept
import NFTables
import Netlink

extension NFTablesConnection where Transport: ~Copyable {
  /// Finds the objects besides rules that hold Istio chains of a table: the kernel refuses to delete those.
  ///
  /// The maps of the table are read only if a chain has more references than rules make.
  mutating func holders(of table: LiveTable) throws(NetlinkError) -> [String: [String]] {
    var holders: [String: [String]] = [:]
    for chain in table.chains where chain.name?.isIstio == true {
      guard Int(chain.raw.uses) > chain.rules.count + table.jumps(to: chain.raw.name) else { continue }
      let maps = try verdictMaps(of: table.raw, leadingTo: chain.raw.name)
      holders[chain.raw.name] = maps.isEmpty ? ["an object of another program"] : maps.map(\.words)
    }
    return holders
  }
}

extension LiveTable {
  /// Number of rules that jump or go to a chain.
  fileprivate func jumps(to name: String) -> Int {
    chains.reduce(0) { sum, chain in
      sum + chain.rules.reduce(0) { $0 + $1.raw.expressions.count { $0.leads(to: name) } }
    }
  }
}

extension Expression {
  fileprivate func leads(to name: String) -> Bool {
    guard case .immediate(.verdict(let verdict)) = self else { return false }
    return verdict == .jump(chain: name) || verdict == .goto(chain: name)
  }
}

extension RawSet {
  /// `verdict map services`; an anonymous map has no name that a user knows.
  fileprivate var words: String {
    flags.contains(.anonymous) ? "a rule with a verdict map" : "verdict map \(name)"
  }
}
