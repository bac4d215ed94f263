import NetworkValues
import RuleModel

/// A chain while its table's section is being read.
struct ChainDraft {
  var name: ChainName
  var policy = Policy.accept
  var counters: Counters?
  /// The rules that were inserted at the front, the last of them first in the chain.
  private var front: [Rule] = []
  private var back: [Rule] = []

  init(_ name: ChainName) {
    self.name = name
  }

  var chain: Chain { Chain(name, policy: policy, rules: front.reversed() + back) }
  var isEmpty: Bool { front.isEmpty && back.isEmpty }

  mutating func append(_ rules: [Rule]) {
    back += rules
  }

  /// Inserts rules, each at the same number, so that the last comes to stand first.
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
      throw ParseError(position, "one rule is replaced by one rule, not by several")
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
        throw ParseError(line.position, "chain \(name) has no such rule at this point")
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

  /// Lets jumps go to a chain by its new name.
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

  /// Puts the inserted rules before the others.
  private mutating func join() {
    guard !front.isEmpty else { return }
    back = front.reversed() + back
    front = []
  }

  private func tooFar(_ number: Int, _ position: Int) -> ParseError {
    ParseError(position, "chain \(name) has \(front.count + back.count) rules; there is no place \(number)")
  }
}
