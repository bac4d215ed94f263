import RuleModel

/// The way through a table's chains, put together from the rules that matched: all rules before one that matched have
/// been tried, and did not match.
struct ChainPath {
  /// A rule that was tried.
  struct Step {
    let chain: Chain
    /// Counted from 1.
    let index: Int
    /// What the kernel did next; nil if the rule did not match.
    let effect: MatchedRule.Effect?
  }

  private(set) var steps: [Step] = []
  private var stack: [(chain: Chain, next: Int)]
  private let table: Table

  init(_ table: Table, from chain: Chain) {
    self.table = table
    stack = [(chain, 1)]
  }

  /// Goes on to a rule that matched, and where it leads.
  mutating func go(to index: Int, of chain: Chain, _ effect: MatchedRule.Effect) {
    while let top = stack.last, top.chain.name != chain.name || top.next > index { leave() }
    // A chain that nobody called: the rules have changed since.
    if stack.isEmpty { stack = [(chain, index)] }
    pass(upTo: index)
    steps.append(Step(chain: chain, index: index, effect: effect))
    stack[stack.count - 1].next = index + 1
    follow(effect)
  }

  /// Comes to the end of the chain that the hook called.
  mutating func finish() {
    while !stack.isEmpty { leave() }
  }

  private mutating func follow(_ effect: MatchedRule.Effect) {
    switch effect {
    case .continue: break
    case .jump(let name): enter(name)
    case .goto(let name):
      stack.removeLast()
      enter(name)
    case .return: stack.removeLast()
    case .accept, .drop, .other: stack = []
    }
  }

  private mutating func enter(_ name: String) {
    guard let chain = table.chains.first(where: { $0.name.text == name }) else { return }
    stack.append((chain, 1))
  }

  /// Passes the rest of a chain that no rule ended.
  private mutating func leave() {
    if let top = stack.last { pass(upTo: top.chain.rules.count + 1) }
    stack.removeLast()
  }

  private mutating func pass(upTo index: Int) {
    guard let top = stack.last else { return }
    for passed in top.next..<max(top.next, index) {
      steps.append(Step(chain: top.chain, index: passed, effect: nil))
    }
  }
}
