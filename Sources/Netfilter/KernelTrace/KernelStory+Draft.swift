import Intercept

extension KernelStory {
  /// Joins what the kernel told with the rules it went by.
  init(_ draft: PacketDraft, _ book: RuleBook, comments: [Handle: String], watcher: String) {
    let visits = draft.visits.map { KernelVisit($0, book, comments, watcher) }
    self.init(visits, isWhole: draft.isOver(watcher), rules: book.rules)
  }
}

extension KernelVisit {
  fileprivate init(
    _ visit: PacketDraft.Visit, _ book: RuleBook, _ comments: [Handle: String], _ watcher: String
  ) {
    self.init(at: visit.hook, Table(visit.chain, book, watcher), visit.packet)
    for event in visit.events {
      switch event.kind {
      case .rule(let handle, let effect):
        let rules = book.rules(for: handle, in: event.chain)
        matches.append(
          KernelMatch(
            book.name(of: event.chain), rules?.lowerBound, count: rules?.count ?? 1, handle: handle.rawValue,
            comment: comments[handle], book.table(of: event.chain) == nil ? effect : book.inModel(effect)))
      case .chainEnd: break
      case .policy(let policy): self.policy = policy
      }
    }
  }
}

extension KernelVisit.Table {
  fileprivate init(_ chain: ChainKey, _ book: RuleBook, _ watcher: String) {
    if chain.table == watcher {
      self = .watcher
    } else if let name = book.table(of: chain) {
      self = .iptables(name)
    } else {
      self = .other("\(chain.family) \(chain.table)")
    }
  }
}
