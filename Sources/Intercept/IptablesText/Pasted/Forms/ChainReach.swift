import NetworkValues
import RuleModel

/// Jumps between the chains of a table in the form of `iptables-save`.
///
/// A node's dump may have a hundred thousand chains of other programs. No packet reaches a chain to which no built-in
/// chain leads by jumps, so that its rules need not be kept.
struct ChainReach {
  /// The number of each chain in `targets`.
  private var numbers: [String: Int] = [:]
  private var targets: [[Int]] = []
  /// The chains with rules.
  private var sources: Set<Int> = []
  /// True if a line is of another form, so that not every jump is known.
  private var isIncomplete = false
  private var words: [TokenPosition] = []

  /// The chains with rules that no packet reaches, and that neither are Istio's nor jump to a chain of Istio's.
  ///
  /// - Parameter lines: the lines of one table; no chain is listed if a line is not one of `iptables-save`.
  static func unreachedChains(in lines: NumberedLines) -> Set<String> {
    var reach = ChainReach()
    for line in lines {
      reach.add(Array(line.text.utf8))
      if reach.isIncomplete { return [] }
    }
    return reach.unreached
  }

  private mutating func add(_ bytes: [UInt8]) {
    switch bytes.first {
    case .colon?, nil: return
    case .leftBracket?:
      guard let end = bytes.firstIndex(of: .rightBracket) else { return isIncomplete = true }
      add(bytes, from: end + 1)
    default: add(bytes, from: 0)
    }
  }

  private mutating func add(_ bytes: [UInt8], from start: Int) {
    guard (try? bytes.words(of: start..<bytes.count, into: &words)) != nil, words.count >= 2,
      bytes[words[0].bytes].elementsEqual("-A".utf8)
    else { return isIncomplete = true }
    let source = number(of: bytes.word(words[1]).text)
    sources.insert(source)
    for (index, word) in words.enumerated().dropFirst(2) where isJump(word, bytes) {
      guard word.bytes.count == 2, index + 1 < words.count else { return isIncomplete = true }
      let target = number(of: bytes.word(words[index + 1]).text)
      if targets[source].last != target { targets[source].append(target) }
    }
  }

  /// True for `-j` and `-g`, and for their other spellings, which `iptables-save` does not print.
  private func isJump(_ word: TokenPosition, _ bytes: [UInt8]) -> Bool {
    let text = bytes[word.bytes].drop { $0 == .doubleQuote }
    return ["-j", "-g", "--j", "--go"].contains { text.starts(with: $0.utf8) }
  }

  private mutating func number(of chain: String) -> Int {
    if let number = numbers[chain] { return number }
    numbers[chain] = targets.count
    targets.append([])
    return targets.count - 1
  }

  private var unreached: Set<String> {
    let istio = Set(numbers.filter { $0.key.hasPrefix("ISTIO_") }.values)
    var open = numbers.filter { Hook(rawValue: $0.key) != nil || istio.contains($0.value) }.map(\.value)
    open += targets.indices.filter { !istio.isDisjoint(with: targets[$0]) }
    var reached = Set(open)
    while let chain = open.popLast() {
      for target in targets[chain] where reached.insert(target).inserted { open.append(target) }
    }
    return Set(numbers.filter { sources.contains($0.value) && !reached.contains($0.value) }.keys)
  }
}
