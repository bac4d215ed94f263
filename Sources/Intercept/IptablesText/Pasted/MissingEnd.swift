import NetworkValues
import RuleModel

extension RuleSection {
  /// The evidence that a listing or the output of `iptables -S` ends before the table does, in a sentence; nil without any.
  ///
  /// - Parameter table: the table that was read from the section.
  func missingEnd(of table: Table) -> String? {
    switch form {
    case .listing, .verboseListing:
      if let last = lines.last, LineKind(last.text[...]) == .chain, last.text.hasSuffix("references)") {
        return "line \(last.number) begins a chain without names of columns after it"
      }
      return unshownJump(in: table) ?? Self.emptyChain(in: table)
    case .listRules: return Self.emptyChain(in: table)
    case .save, .commands, .nftText, .nftJSON: return nil
    }
  }

  /// The first chain with more references than jumps to it, in a listing of a whole table.
  private func unshownJump(in table: Table) -> String? {
    guard missingChain(of: table.name) == nil else { return nil }
    var jumps: [String: Int] = [:]
    for chain in table.calledChains { jumps[chain.text, default: 0] += 1 }
    for line in lines where LineKind(line.text[...]) == .chain {
      let words = line.text[...].words
      // `Chain ISTIO_OUTPUT (1 references)`
      guard words.count > 3, words[3].hasPrefix("references"), let wanted = Int(words[2].dropFirst()) else {
        continue
      }
      let shown = jumps[String(words[1])] ?? 0
      if shown < wanted {
        return "chain \(words[1]) has \(wanted) references, and \(shown) jumps to it are shown"
      }
    }
    return nil
  }

  /// The first of Istio's chains without rules after the last chain with rules, if a rule jumps to it. Istio creates no
  /// chain without rules; other programs do.
  private static func emptyChain(in table: Table) -> String? {
    let called = Set(table.calledChains)
    let last = table.chains.lastIndex { !$0.rules.isEmpty } ?? table.chains.endIndex
    return table.chains.dropFirst(last + 1).first {
      $0.name.isIstio && called.contains($0.name)
    }.map { "chain \($0.name) of table \(table.name.rawValue), to which a rule jumps, has no rules" }
  }
}

extension Table {
  /// The chain of each jump and goto.
  fileprivate var calledChains: [ChainName] { chains.flatMap(\.rules).compactMap(\.target.destination) }
}
