import Intercept
import Testing

/// All mutations of a single rule, for every rule of several configurations.
struct DiffMutationTests {
  @Test(arguments: Sample.allCases)
  func `the same rules do not differ`(sample: Sample) {
    let diff = RulesetDiff(wanted: sample.wanted, live: sample.wanted)
    #expect(diff.isEmpty && diff.text().isEmpty && diff.summary == nil)
  }

  @Test(arguments: Sample.allCases)
  func `a deleted rule is missing, with its reason`(sample: Sample) throws {
    let wanted = sample.wanted
    for place in wanted.places {
      let diff = RulesetDiff(wanted: wanted, live: wanted.changing(place) { $0.remove(at: place.index) })
      let difference = try #require(diff.differences.first, "\(place.name)")
      guard case .missing(let rule) = difference else {
        Issue.record("\(place.name): \(difference)")
        continue
      }
      #expect(diff.differences.count == 1 && rule.rule == wanted[place], "\(place.name)")
      #expect(difference.reason == wanted[place].reason && difference.reason != nil)
      #expect(diff.chains.map(\.chain) == [place.chain])
    }
  }

  @Test(arguments: Sample.allCases)
  func `two neighbours that changed places are one moved rule`(sample: Sample) throws {
    let wanted = sample.wanted
    for place in wanted.places where place.index > 0 && wanted[place] != wanted[place.before] {
      let live = wanted.changing(place) { $0.swapAt(place.index - 1, place.index) }
      let differences = RulesetDiff(wanted: wanted, live: live).differences
      #expect(differences.count == 1, "\(place.name)")
      guard case .moved(let first, _, .before(let second)) = differences.first else {
        Issue.record("\(place.name): \(differences)")
        continue
      }
      #expect(first.rule == wanted[place.before] && second == wanted[place], "\(place.name)")
    }
  }

  @Test(arguments: Sample.allCases)
  func `a doubled rule is reported`(sample: Sample) {
    let wanted = sample.wanted
    for place in wanted.places {
      for index in [place.index, wanted.rules(place.table, place.chain).count] {
        let live = wanted.changing(place) { $0.insert(wanted[place], at: index) }
        let differences = RulesetDiff(wanted: wanted, live: live).differences
        guard case .unexpected(let rule, isDuplicate: true) = differences.first else {
          Issue.record("\(place.name): \(differences)")
          continue
        }
        #expect(differences.count == 1 && rule.rule == wanted[place], "\(place.name)")
      }
    }
  }

  @Test(arguments: Sample.allCases)
  func `any rule inserted into a chain of Istio is unexpected`(sample: Sample) {
    let wanted = sample.wanted
    for place in wanted.places where place.chain.isIstio {
      let live = wanted.changing(place) { $0.insert(TerseRules.rule("-p icmp -j ACCEPT"), at: place.index) }
      let differences = RulesetDiff(wanted: wanted, live: live).differences
      guard case .unexpected(let rule, isDuplicate: false) = differences.first else {
        Issue.record("\(place.name): \(differences)")
        continue
      }
      #expect(differences.count == 1 && rule.number == place.index + 1, "\(place.name)")
    }
  }

  @Test(arguments: Sample.allCases)
  func `another target is a change of the target`(sample: Sample) {
    let wanted = sample.wanted
    for place in wanted.places {
      let rule = wanted[place]
      for target in [Target.accept, .drop, .return] where target != rule.target {
        expectChange(wanted, place, to: Rule(rule.matches, target)) { part in
          part.live == target.iptablesText && part.wanted == rule.target.iptablesText
        }
      }
    }
  }

  @Test(arguments: Sample.allCases)
  func `a negation added or removed is a change of that match`(sample: Sample) {
    let wanted = sample.wanted
    for place in wanted.places {
      let rule = wanted[place]
      for index in rule.matches.indices {
        guard let negated = rule.matches[index].negated else { continue }
        var matches = rule.matches
        matches[index] = negated
        expectChange(wanted, place, to: Rule(matches, rule.target)) { part in
          part.live?.hasPrefix("! ") != part.wanted?.hasPrefix("! ")
        }
      }
    }
  }

  /// Expects one changed rule with one given part.
  private func expectChange(
    _ wanted: Ruleset, _ place: RulePlace, to rule: Rule, _ isExpected: @escaping (ChangedPart) -> Bool
  ) {
    let live = wanted.changing(place) { $0[place.index] = rule }
    let differences = RulesetDiff(wanted: wanted, live: live).differences
    guard case .changed(let before, let after, let parts) = differences.first else {
      Issue.record("\(place.name), \(rule.iptablesText): \(differences)")
      return
    }
    #expect(differences.count == 1, "\(place.name), \(rule.iptablesText)")
    #expect(before.rule == wanted[place] && after.rule == rule && parts.count == 1)
    #expect(parts.allSatisfy(isExpected), "\(place.name), \(parts.map(\.text))")
  }
}

extension RulePlace {
  fileprivate var before: RulePlace { RulePlace(table: table, chain: chain, index: index - 1) }
}

extension Condition {
  fileprivate var negated: Condition { isNegated ? .is(value) : .not(value) }
}

extension Match {
  /// The negation of a match with one condition.
  fileprivate var negated: Match? {
    switch self {
    case .source(let block): .source(block.negated)
    case .destination(let block): .destination(block.negated)
    case .inInterface(let name): .inInterface(name.negated)
    case .outInterface(let name): .outInterface(name.negated)
    case .tcp(let match):
      .tcp(TCPMatch(source: match.source?.negated, destination: match.destination?.negated))
    case .udp(let match):
      .udp(UDPMatch(source: match.source?.negated, destination: match.destination?.negated))
    case .multiport(let match): MultiportMatch(match.side, match.ports.negated).map(Match.multiport)
    case .owner(let match):
      OwnerMatch(user: match.user?.negated, group: match.group?.negated).map(Match.owner)
    case .mark(let match): .mark(MarkMatch(match.mark.negated))
    case .connmark(let match): .connmark(ConnmarkMatch(match.mark.negated))
    case .conntrack(let match): match.state.map { .conntrack(ConntrackMatch(state: $0.negated)) }
    case .proto, .state, .addressType, .comment, .opaque: nil
    }
  }
}
