import NetworkValues
import RuleModel

/// A table while its section is being read.
struct TableDraft {
  let name: TableName
  private(set) var chains: [ChainDraft] = []
  /// Where each chain is in `chains`.
  private var indices: [String: Int] = [:]
  /// The chain that the last command was about.
  private var latest = 0
  /// Names behind `-j` that cannot be chains', since options stand behind them.
  private var targetsWithOptions: Set<Substring> = []

  init(_ name: TableName) {
    self.name = name
    for hook in name.hooks { add(ChainName(hook)) }
  }

  /// The table as read so far.
  var table: Table { Table(name, chains: chains.map(\.chain)) }

  /// The chain of this name, if it has been declared.
  func chain(named name: String) -> ChainName? { indices[name].map { chains[$0].name } }

  private mutating func add(_ chain: ChainName) {
    indices[chain.text] = chains.count
    chains.append(ChainDraft(chain))
  }

  /// Reads a chain's line: name, policy, counters.
  mutating func declare(_ words: [TokenPosition], of bytes: [UInt8], at line: Range<Int>) throws(ParseError) {
    guard let name = words.first else { throw ParseError(line.upperBound, "a chain's name is missing") }
    guard words.count >= 2 else {
      throw ParseError(line.upperBound, "a policy, or '-', should follow the chain's name")
    }
    let index = try index(of: bytes.word(name))
    let policy = bytes.word(words[1])
    if policy.text != "-", chains[index].name.hook != nil { try setPolicy(policy, of: index) }
    if words.count > 2 {
      guard let counters = Counters(bytes[words[2].bytes]) else {
        throw ParseError(words[2].bytes.lowerBound, "counters look like '[12:720]'")
      }
      chains[index].counters = counters
    }
  }

  /// Where a chain is; it is made if it is not there.
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

  /// What `-j` takes for a target, so that no chain can have the name.
  private static let targets = foreignTargets.union(KnownExtensions.targets.keys)
    .union(["ACCEPT", "DROP", "RETURN", "CONTINUE"])

  private mutating func setPolicy(_ word: Token, of index: Int) throws(ParseError) {
    guard let policy = Policy(rawValue: word.text) else {
      throw ParseError(word, "a policy is ACCEPT or DROP, not '\(word.text)'")
    }
    guard chains[index].name.hook != nil else {
      throw ParseError(word, "a chain of one's own has no policy")
    }
    chains[index].policy = policy
  }
}

/// Commands.
extension TableDraft {
  /// Carries out a line's command. The name of a chain that had to be made for it, though nobody declared it, is
  /// given back.
  mutating func apply(_ line: RuleLine) throws(ParseError) -> ChainName? {
    guard !line.isForOtherFamily, let command = line.command else { return nil }
    targetsWithOptions.formUnion(line.rules.compactMap(\.target.nameBeforeOptions))
    guard let word = line.chain else {
      applyToAll(command)
      return nil
    }
    if command == .newChain {
      guard indices[word.text] == nil else { throw ParseError(word, "chain \(word.text) is there already") }
      _ = try newChain(word)
      return nil
    }
    // The rules of a chain mostly come together.
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
    guard chains[index].isEmpty else { throw ParseError(word, "chain \(word.text) still has rules") }
    // The order of the chains means nothing, and they may be many.
    chains.swapAt(index, chains.count - 1)
    chains.removeLast()
    indices[word.text] = nil
    if chains.indices.contains(index) { indices[chains[index].name.text] = index }
  }

  private mutating func rename(_ index: Int, to word: Token?, _ old: Token) throws(ParseError) {
    guard let word, chains[index].name.hook == nil, indices[word.text] == nil else {
      throw ParseError(word ?? old, "chain \(old.text) cannot be given this name")
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
  /// The name of a target that is not modelled and has options.
  fileprivate var nameBeforeOptions: Substring? {
    guard case .opaque(let target) = self, let end = target.text.firstIndex(of: " ") else { return nil }
    return target.text[..<end]
  }
}
