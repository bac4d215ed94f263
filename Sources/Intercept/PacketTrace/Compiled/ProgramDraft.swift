import RuleModel

/// A program while it is put together.
struct ProgramDraft {
  private(set) var chains: [Program.CompiledChain] = []
  private(set) var rules: [Program.CompiledRule] = []
  private(set) var tests: [Test] = []
  private(set) var sources: [Rule] = []
  private(set) var entries = Array(repeating: -1, count: Hook.allCases.count * TableName.allCases.count)

  init(_ ruleset: Ruleset) {
    for table in ruleset.tables { add(table) }
    markLoops()
  }

  static func slot(_ table: TableName, _ hook: Hook) -> Int { hook.number * 5 + table.number }
}

extension ProgramDraft {
  fileprivate mutating func add(_ table: Table) {
    let first = chains.count
    let numbers = Dictionary(
      table.chains.enumerated().map { ($1.name, first + $0) }, uniquingKeysWith: { first, _ in first })
    for chain in table.chains {
      if let hook = chain.name.hook { entries[Self.slot(table.name, hook)] = chains.count }
      let start = rules.count
      for rule in chain.rules { add(rule, numbers) }
      chains.append(
        Program.CompiledChain(
          table: table.name, name: chain.name, policy: chain.policy, rules: start..<rules.count))
    }
  }

  private mutating func add(_ rule: Rule, _ numbers: [ChainName: Int]) {
    let start = tests.count
    for (number, match) in rule.matches.enumerated() {
      tests += match.questions.map { Test(question: $0, match: number) }
    }
    let action = Action(rule.target) { numbers[$0] }
    rules.append(Program.CompiledRule(tests: start..<tests.count, action: action))
    sources.append(rule)
  }

  /// Takes calls that lead back to a chain under way out of the program: the kernel refuses them (`ELOOP`), and so
  /// every walk comes to an end.
  fileprivate mutating func markLoops() {
    var isDone = Array(repeating: false, count: chains.count)
    var isUnderWay = isDone
    for chain in chains.indices where !isDone[chain] {
      visit(chain, &isDone, &isUnderWay)
    }
  }

  /// Goes through a chain and all that it calls, deepest first. Not by recursion: a dump may have chains that call
  /// each other deeper than the stack goes.
  private mutating func visit(_ first: Int, _ isDone: inout [Bool], _ isUnderWay: inout [Bool]) {
    var path = [(chain: first, rules: chains[first].rules)]
    isUnderWay[first] = true
    while let (chain, rest) = path.last {
      guard let rule = rest.first else {
        isUnderWay[chain] = false
        isDone[chain] = true
        path.removeLast()
        continue
      }
      path[path.count - 1].rules = rest.dropFirst()
      guard let next = rules[rule].action.callee else { continue }
      if isUnderWay[next] {
        rules[rule] = Program.CompiledRule(tests: rules[rule].tests, action: .broken)
      } else if !isDone[next] {
        isUnderWay[next] = true
        path.append((next, chains[next].rules))
      }
    }
  }
}

extension Action {
  /// The chain that the rule calls.
  fileprivate var callee: Int? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return, .pass, .redirect, .mark, .connmark, .tproxy, .track, .broken, .unknown: nil
    }
  }
}

extension Hook {
  fileprivate var number: Int {
    switch self {
    case .prerouting: 0
    case .input: 1
    case .forward: 2
    case .output: 3
    case .postrouting: 4
    }
  }
}

extension TableName {
  fileprivate var number: Int {
    switch self {
    case .raw: 0
    case .mangle: 1
    case .nat: 2
    case .filter: 3
    case .security: 4
    }
  }
}
