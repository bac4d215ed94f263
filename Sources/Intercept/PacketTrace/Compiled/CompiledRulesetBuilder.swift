import RuleModel

/// Compiles a rule set into a ``CompiledRuleset``.
struct CompiledRulesetBuilder {
  private(set) var chains: [CompiledRuleset.CompiledChain] = []
  private(set) var rules: [CompiledRuleset.CompiledRule] = []
  private(set) var tests: [Test] = []
  private(set) var sources: [Rule] = []
  private(set) var entries = Array(repeating: -1, count: 2 * slotCount)

  private static let slotCount = Hook.allCases.count * TableName.allCases.count

  /// - Parameter legacy: the rules of iptables-legacy.
  init(_ ruleset: Ruleset, legacy: Ruleset) {
    for table in ruleset.tables { add(table, isLegacy: false) }
    for table in legacy.tables { add(table, isLegacy: true) }
    markLoops()
  }

  static func slot(_ table: TableName, _ hook: Hook, isLegacy: Bool) -> Int {
    hook.number * 5 + table.number + (isLegacy ? slotCount : 0)
  }
}

extension CompiledRulesetBuilder {
  fileprivate mutating func add(_ table: Table, isLegacy: Bool) {
    let first = chains.count
    let numbers = Dictionary(
      table.chains.enumerated().map { ($1.name, first + $0) }, uniquingKeysWith: { first, _ in first })
    for chain in table.chains {
      if let hook = chain.name.hook {
        entries[Self.slot(table.name, hook, isLegacy: isLegacy)] = chains.count
      }
      let start = rules.count
      for rule in chain.rules { add(rule, numbers) }
      chains.append(
        CompiledRuleset.CompiledChain(
          table: table.name, isLegacy: isLegacy, name: chain.name, policy: chain.policy,
          rules: start..<rules.count))
    }
  }

  private mutating func add(_ rule: Rule, _ numbers: [ChainName: Int]) {
    let start = tests.count
    for (number, match) in rule.matches.enumerated() {
      tests += match.tests.map { Test(question: $0, match: number) }
    }
    let action = Action(rule.target) { numbers[$0] }
    rules.append(CompiledRuleset.CompiledRule(tests: start..<tests.count, action: action))
    sources.append(rule)
  }

  /// Replaces jumps that close a loop by `.broken`, so that every evaluation ends. The kernel rejects such
  /// rules (`ELOOP`).
  fileprivate mutating func markLoops() {
    var isVisited = Array(repeating: false, count: chains.count)
    var isOnPath = isVisited
    for chain in chains.indices where !isVisited[chain] {
      visit(chain, &isVisited, &isOnPath)
    }
  }

  /// Visits a chain and all chains it calls, depth first. Iterative, because chains of a dump may be nested
  /// deeper than the stack allows.
  private mutating func visit(_ first: Int, _ isVisited: inout [Bool], _ isOnPath: inout [Bool]) {
    var path = [(chain: first, rules: chains[first].rules)]
    isOnPath[first] = true
    while let (chain, rest) = path.last {
      guard let rule = rest.first else {
        isOnPath[chain] = false
        isVisited[chain] = true
        path.removeLast()
        continue
      }
      path[path.count - 1].rules = rest.dropFirst()
      guard let next = rules[rule].action.callee else { continue }
      if isOnPath[next] {
        rules[rule] = CompiledRuleset.CompiledRule(tests: rules[rule].tests, action: .broken)
      } else if !isVisited[next] {
        isOnPath[next] = true
        path.append((next, chains[next].rules))
      }
    }
  }
}

extension Action {
  /// Number of the chain that the rule calls.
  fileprivate var callee: Int? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .reject, .return, .pass, .redirect, .translate, .mark, .connmark, .trafficClass,
      .tproxy, .track, .broken, .unknown:
      nil
    }
  }
}

extension Hook {
  var number: Int {
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
