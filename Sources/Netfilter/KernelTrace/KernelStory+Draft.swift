import Intercept

extension KernelStory {
  /// Joins what the kernel told with the rules it went by.
  init(_ draft: PacketDraft, _ book: RuleBook, comments: [Handle: String], family: IPFamily, watcher: String)
  {
    let visits = draft.visits.map { KernelVisit($0, book, comments, watcher) }
    self.init(visits, isWhole: draft.isOver(watcher), rules: book.live[family])
  }
}

extension KernelVisit {
  fileprivate init(
    _ visit: PacketDraft.Visit, _ book: RuleBook, _ comments: [Handle: String], _ watcher: String
  ) {
    self.init(at: visit.hook, Table(visit.chain, watcher), visit.packet)
    for event in visit.events {
      switch event.kind {
      case .rule(let handle, let effect):
        matches.append(
          KernelMatch(
            event.chain.name, book.index(of: handle, in: event.chain), handle: handle.rawValue,
            comment: comments[handle], effect))
      case .chainEnd: break
      case .policy(let policy): self.policy = policy
      }
    }
  }
}

extension KernelVisit.Table {
  fileprivate init(_ chain: ChainKey, _ watcher: String) {
    if chain.table == watcher {
      self = .watcher
    } else if let name = chain.iptablesTable {
      self = .iptables(name)
    } else {
      self = .other("\(chain.family) \(chain.table)")
    }
  }
}
