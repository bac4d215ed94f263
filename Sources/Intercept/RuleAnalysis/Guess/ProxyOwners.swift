import NetworkValues
import RuleModel

/// Users, or groups, in the rules of ISTIO_OUTPUT about who owns a socket.
struct ProxyOwners<ID: OwnerID> {
  /// Whom the proxy runs as.
  private(set) var proxy: [ID] = []
  /// Others that are left alone.
  private(set) var others: [ID] = []

  /// - Parameters:
  ///   - live: the rules; whom they are about is said in ISTIO_OUTPUT.
  ///   - owners: what a fact says of the users, or groups.
  init(_ live: LiveRules, _ owners: (RuleCondition) -> Condition<ClosedRange<ID>>?) {
    let rules = live.rules(.nat, .istioOutput).filter { !$0.conditions.contains(.proto(.is(.udp))) }
    let mentions = rules.compactMap { OwnerMention($0, owners) }
    if live.isNative {
      let zones = live.dnsZones.map { $0.flatMap(\.conditions).compactMap(owners).flatMap(\.value.members) }
      gather(mentions, zones: zones)
    } else {
      readInTurn(mentions)
    }
  }

  /// As iptables has them: two or three rules in turn for each owner of the proxy's, one for any other. A changed rule
  /// out of three does not mislead.
  private mutating func readInTurn(_ mentions: [OwnerMention<ID>]) {
    var turn: [OwnerMention<ID>] = []
    for mention in mentions {
      if let last = turn.last, mention.kind.rawValue <= last.kind.rawValue {
        finish(turn)
        turn = []
      }
      turn.append(mention)
    }
    finish(turn)
  }

  private mutating func finish(_ turn: [OwnerMention<ID>]) {
    if let owner = Mentions(turn.map(\.owners.lowerBound)).frequent.first {
      proxy.append(owner)
    } else if let alone = turn.last, alone.kind == .own {
      others.append(alone.owners.lowerBound)
    }
  }

  /// As the native form has them: one rule for all of the proxy's that are left alone, and one for all others. Its
  /// other rules are there for those alone of whom packets come to them; the first is always there.
  ///
  /// - Parameter zones: those whose DNS questions have a zone, rule by rule: one that was given twice begins another.
  private mutating func gather(_ mentions: [OwnerMention<ID>], zones: [[ID]]) {
    let selfCalls = mentions.filter { $0.kind == .selfCall }
    let own = mentions.filter { $0.kind == .own }
    // What one native rule has become has its comment in common.
    let first = own.prefix { $0.reason == own.first?.reason }
    proxy = Mentions((selfCalls + first).flatMap(\.owners.members)).values
    let rounds = zones.filter { !$0.isEmpty }
    if rounds.count > 1 { proxy = inOrder(rounds, from: proxy.first) }
    others = own.dropFirst(first.count).flatMap(\.owners.members)
  }
}

extension ProxyOwners {
  /// The owners in an order that gives those rules: each round begins with one that was named in the last.
  private func inOrder(_ rounds: [[ID]], from leader: ID?) -> [ID] {
    var last = leader.map { [$0] } ?? []
    return rounds.flatMap { round in
      let again = round.filter(last.contains)
      last = round
      return again + round.filter { !again.contains($0) }
    }
  }
}
