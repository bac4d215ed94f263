import NetworkValues
import RuleModel

/// A table whose section is being read.
struct TableDraft {
  let name: TableName
  private(set) var chains: [ChainDraft] = []
  /// The index of each chain in `chains`.
  private var indices: [String: Int] = [:]
  /// The index of the last command's chain.
  private var latest = 0
  /// Names after `-j` that cannot be chains, since options follow them.
  private var targetsWithOptions: Set<Substring> = []
  /// The names of chains whose rules are checked and not kept.
  private let unreached: Set<String>

  init(_ name: TableName, unreached: Set<String> = []) {
    self.name = name
    self.unreached = unreached
    for hook in name.hooks { add(ChainName(hook)) }
  }

  /// The table as read so far.
  var table: Table { Table(name, chains: chains.map(\.chain)) }

  /// The declared chain of this name.
  func chain(named name: String) -> ChainName? { indices[name].map { chains[$0].name } }

  private mutating func add(_ chain: ChainName) {
    indices[chain.text] = chains.count
    chains.append(ChainDraft(chain, keepsRules: !unreached.contains(chain.text)))
  }

  /// Reads a chain's line: name, policy, counters.
  mutating func declare(_ words: [TokenPosition], of bytes: [UInt8], at line: Range<Int>) throws(ParseError) {
    guard let name = words.first else { throw ParseError(line.upperBound, "a chain's name is missing") }
    guard words.count >= 2 else {
      throw ParseError(line.upperBound, "a policy or '-' is missing after the chain's name")
    }
    let index = try index(of: bytes.word(name))
    let policy = bytes.word(words[1])
    if policy.text != "-", chains[index].name.hook != nil { try setPolicy(policy, of: index) }
    if words.count > 2 {
      guard let counters = Counters(bytes[words[2].bytes]) else {
        throw ParseError(words[2].bytes.lowerBound, "counters have the form '[12:720]'")
      }
      chains[index].counters = counters
    }
  }

  /// The index of a chain, which is created if it is missing.
  private mutating func index(of word: Token) throws(ParseError) -> Int {
    if let index = indices[word.text] { return index }
    return try newChain(word)
  }

  private mutating func newChain(_ word: Token) throws(ParseError) -> Int {
    guard let chain = ChainName(word.text) else {
      throw ParseError(
        word, "a chain's name has 1-28 bytes, no blanks or quotes, and does not begin with '-' or '!'")
    }
    guard chain.hook == nil else {
      throw ParseError(word, "table \(name.rawValue) has no chain \(chain)")
    }
    guard !Self.targets.contains(word.text), !targetsWithOptions.contains(word.text[...]) else {
      throw ParseError(word, "'\(word.text)' is a target's name, which no chain can have")
    }
    add(chain)
    return chains.count - 1
  }

  /// The names of targets, which no chain can have.
  private static let targets = foreignTargets.union(KnownExtensions.targets.keys)
    .union(["ACCEPT", "DROP", "RETURN", "CONTINUE"])

  private mutating func setPolicy(_ word: Token, of index: Int) throws(ParseError) {
    guard let policy = Policy(rawValue: word.text) else {
      throw ParseError(word, "a policy is ACCEPT or DROP, not '\(word.text)'")
    }
    guard chains[index].name.hook != nil else {
      throw ParseError(word, "a user-defined chain has no policy")
    }
    chains[index].policy = policy
  }
}

/// Commands.
extension TableDraft {
  /// Applies a line's command.
  ///
  /// - Returns: the chain, if it was not declared and had to be created.
  mutating func apply(_ line: RuleLine) throws(ParseError) -> ChainName? {
    guard !line.isForOtherFamily, let command = line.command else { return nil }
    targetsWithOptions.formUnion(line.rules.compactMap(\.target.nameBeforeOptions))
    guard let word = line.chain else {
      applyToAll(command)
      return nil
    }
    if command == .newChain {
      guard indices[word.text] == nil else {
        throw ParseError(word, "chain \(word.text) already exists", isWithoutEffect: true)
      }
      _ = try newChain(word)
      return nil
    }
    // Consecutive rules are mostly of one chain.
    if command == .append, chains.indices.contains(latest), chains[latest].name.text == word.text {
      chains[latest].append(line.rules)
      return nil
    }
    let known = indices[word.text]
    let index = try index(of: word)
    latest = index
    try apply(line, command, to: index, word)
    return known == nil ? ChainName(word.text) : nil
  }

  private mutating func apply(
    _ line: RuleLine, _ command: CommandOption, to index: Int, _ word: Token
  ) throws(ParseError) {
    switch command {
    case .append: chains[index].append(line.rules)
    case .insert: try chains[index].insert(line.rules, at: line.number ?? 1, line.position)
    case .replace: try chains[index].replace(line.number ?? 1, with: line.rules, line.position)
    case .delete: try chains[index].delete(line)
    case .flush: chains[index].flush()
    case .zero: chains[index].zero()
    case .policy: if let policy = line.argument { try setPolicy(policy, of: index) }
    case .deleteChain: try remove(index, word)
    case .renameChain: try rename(index, to: line.argument, word)
    case .newChain: break
    }
  }

  private mutating func applyToAll(_ command: CommandOption) {
    switch command {
    case .flush: for index in chains.indices { chains[index].flush() }
    case .zero: for index in chains.indices { chains[index].zero() }
    case .deleteChain: keep { $0.name.hook != nil }
    case .append, .insert, .replace, .delete, .policy, .renameChain, .newChain: break
    }
  }

  private mutating func remove(_ index: Int, _ word: Token) throws(ParseError) {
    guard chains[index].name.hook == nil else { throw ParseError(word, "a built-in chain cannot be removed") }
    guard chains[index].isEmpty else {
      throw ParseError(word, "chain \(word.text) still has rules", isWithoutEffect: true)
    }
    // The order of the chains is irrelevant, and a table may have many.
    chains.swapAt(index, chains.count - 1)
    chains.removeLast()
    indices[word.text] = nil
    if chains.indices.contains(index) { indices[chains[index].name.text] = index }
  }

  private mutating func rename(_ index: Int, to word: Token?, _ old: Token) throws(ParseError) {
    guard let word, chains[index].name.hook == nil, indices[word.text] == nil else {
      throw ParseError(word ?? old, "chain \(old.text) cannot be renamed to this")
    }
    let oldName = chains[index].name
    let new = chains[try newChain(word)].name
    for other in chains.indices { chains[other].redirect(from: oldName, to: new) }
    chains[index].name = new
    chains.removeLast()
    indices[old.text] = nil
    indices[word.text] = index
  }

  private mutating func keep(_ isKept: (ChainDraft) -> Bool) {
    chains = chains.filter(isKept)
    indices = Dictionary(uniqueKeysWithValues: chains.indices.map { (chains[$0].name.text, $0) })
  }
}

extension Target {
  /// The name of an opaque target with options; nil for other targets.
  fileprivate var nameBeforeOptions: Substring? {
    guard case .opaque(let target) = self, let end = target.text.firstIndex(of: " ") else { return nil }
    return target.text[..<end]
  }
}

/// A chain whose table is being read.
struct ChainDraft {
  var name: ChainName
  var policy = Policy.accept
  var counters: Counters?
  /// The rules inserted at the front, in reverse order.
  private var front: [Rule] = []
  private var back: [Rule] = []
  private let keepsRules: Bool

  init(_ name: ChainName, keepsRules: Bool) {
    self.name = name
    self.keepsRules = keepsRules
  }

  var chain: Chain { Chain(name, policy: policy, rules: front.reversed() + back) }
  var isEmpty: Bool { front.isEmpty && back.isEmpty }

  mutating func append(_ rules: [Rule]) {
    if keepsRules { back += rules }
  }

  /// Inserts each rule at the same position, so that the last rule comes first.
  mutating func insert(_ rules: [Rule], at number: Int, _ position: Int) throws(ParseError) {
    guard number > 1 else {
      front += rules
      return
    }
    join()
    guard number <= back.count + 1 else { throw tooFar(number, position) }
    back.insert(contentsOf: rules.reversed(), at: number - 1)
  }

  mutating func replace(_ number: Int, with rules: [Rule], _ position: Int) throws(ParseError) {
    join()
    guard back.indices.contains(number - 1) else { throw tooFar(number, position) }
    guard rules.count == 1 else {
      throw ParseError(position, "'-R' takes one rule; the lists of addresses expand to several")
    }
    back.replaceSubrange(number - 1..<number, with: rules)
  }

  mutating func delete(_ line: RuleLine) throws(ParseError) {
    join()
    if let number = line.number {
      guard back.indices.contains(number - 1) else { throw tooFar(number, line.position) }
      back.remove(at: number - 1)
    }
    for rule in line.rules {
      guard let index = back.firstIndex(of: rule) else {
        throw ParseError(line.position, "chain \(name) has no such rule at this point", isWithoutEffect: true)
      }
      back.remove(at: index)
    }
  }

  mutating func flush() {
    front = []
    back = []
  }

  /// Sets all counters to zero.
  mutating func zero() {
    let zero = Counters(packets: 0, bytes: 0)
    counters = zero
    join()
    back = back.map { Rule($0.matches, $0.target, reason: $0.reason, counters: zero) }
  }

  /// Renames the chain in jumps and gotos.
  mutating func redirect(from old: ChainName, to new: ChainName) {
    join()
    back = back.map { rule in
      let target: Target
      if rule.target == .jump(old) {
        target = .jump(new)
      } else if rule.target == .goto(old) {
        target = .goto(new)
      } else {
        return rule
      }
      return Rule(rule.matches, target, reason: rule.reason, counters: rule.counters)
    }
  }

  /// Moves the inserted rules before the others.
  private mutating func join() {
    guard !front.isEmpty else { return }
    back = front.reversed() + back
    front = []
  }

  private func tooFar(_ number: Int, _ position: Int) -> ParseError {
    ParseError(
      position, "chain \(name) has \(front.count + back.count) rules; it has no position \(number)",
      isWithoutEffect: true)
  }
}
