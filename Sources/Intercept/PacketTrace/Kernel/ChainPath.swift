import RuleModel

/// The path through the chains of a table, reconstructed from the rules that matched: all rules before a
/// matching one were tried and did not match.
struct ChainPath {
  /// A rule that was tried.
  struct Step {
    let chain: Chain
    /// Index in the chain, from 1.
    let index: Int
    /// The kernel's verdict; nil if the rule did not match.
    let verdict: KernelVerdict?
  }

  private(set) var steps: [Step] = []
  private var stack: [(chain: Chain, next: Int)]
  private let table: Table

  init(_ table: Table, from chain: Chain) {
    self.table = table
    stack = [(chain, 1)]
  }

  /// Advances to a rule that matched, and follows its verdict.
  mutating func advance(to index: Int, of chain: Chain, _ verdict: KernelVerdict) {
    while let top = stack.last, top.chain.name != chain.name || top.next > index { leave() }
    // A chain without a caller on the path: the rules have changed since.
    if stack.isEmpty { stack = [(chain, index)] }
    pass(upTo: index)
    steps.append(Step(chain: chain, index: index, verdict: verdict))
    stack[stack.count - 1].next = index + 1
    follow(verdict)
  }

  /// Advances to the end of the base chain.
  mutating func finish() {
    while !stack.isEmpty { leave() }
  }

  private mutating func follow(_ verdict: KernelVerdict) {
    switch verdict {
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

  /// Passes the remaining rules of a chain that no rule ended.
  private mutating func leave() {
    if let top = stack.last { pass(upTo: top.chain.rules.count + 1) }
    stack.removeLast()
  }

  private mutating func pass(upTo index: Int) {
    guard let top = stack.last else { return }
    for passed in top.next..<max(top.next, index) {
      steps.append(Step(chain: top.chain, index: passed, verdict: nil))
    }
  }
}
