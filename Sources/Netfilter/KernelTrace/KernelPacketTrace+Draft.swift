import Intercept

extension KernelPacketTrace {
  /// Joins what the kernel told with the rules it went by.
  init(_ draft: PendingTrace, _ book: RulesetSnapshot, comments: [Handle: String], watcher: String) {
    let visits = draft.visits.map { ChainTraversal($0, book, comments, watcher) }
    self.init(visits, isComplete: draft.isOver(watcher), rules: book.rules)
  }
}

extension ChainTraversal {
  fileprivate init(
    _ visit: PendingTrace.Visit, _ book: RulesetSnapshot, _ comments: [Handle: String], _ watcher: String
  ) {
    self.init(at: visit.hook, Table(visit.chain, book, watcher), visit.packet)
    for event in visit.events {
      switch event.kind {
      case .rule(let handle, let effect):
        let rules = book.rules(for: handle, in: event.chain)
        matches.append(
          MatchedRule(
            book.name(of: event.chain), rules?.lowerBound, count: rules?.count ?? 1, handle: handle.rawValue,
            comment: comments[handle], book.table(of: event.chain) == nil ? effect : book.inModel(effect)))
      case .chainEnd: break
      case .policy(let policy): self.policy = policy
      }
    }
  }
}

extension ChainTraversal.Table {
  fileprivate init(_ chain: ChainKey, _ book: RulesetSnapshot, _ watcher: String) {
    if chain.table == watcher {
      self = .nftrace
    } else if let name = book.table(of: chain) {
      self = .iptables(name)
    } else {
      self = .other("\(chain.family) \(chain.table)")
    }
  }
}
