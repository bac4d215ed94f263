import NetworkValues
import RuleModel

extension Ruleset {
  /// The rules of a listing without interfaces, with `-o lo` where Istio's rules of that kind have it.
  var assumingLoopback: Ruleset {
    guard tablesHidingInterfaces.contains(.nat) else { return self }
    return Ruleset(
      family,
      tables: tables.map { table in
        guard table.name == .nat else { return table }
        return Table(
          table.name,
          chains: table.chains.map { chain in
            chain.name == .istioOutput ? chain.assumingLoopback : chain.withoutHiddenExclusions
          })
      }
    ).withoutMarkers
  }

  private var withoutMarkers: Ruleset {
    Ruleset(
      family,
      tables: tables.map { table in
        Table(
          table.name,
          chains: table.chains.map { chain in
            Chain(
              chain.name, policy: chain.policy,
              rules: chain.rules.map { $0.hidesInterfaces ? $0.withoutInterfaces : $0 })
          })
      })
  }
}

extension Chain {
  /// Rules of built-in chains are for one interface each if they do not jump to a chain of their own direction; without
  /// its name they show nothing.
  fileprivate var withoutHiddenExclusions: Chain {
    guard name.hook != nil else { return self }
    let kept = rules.filter { rule in
      !rule.hidesInterfaces
        || ![.return, .jump(.istioRedirect)].contains(rule.target)
        || !rule.withoutInterfaces.conditions.allSatisfy { $0.field == .destination }
    }
    return Chain(name, policy: policy, rules: kept)
  }

  /// Self-calls leave through `lo`: those of the proxy to the app, and those of the app to itself.
  fileprivate var assumingLoopback: Chain {
    let rules = self.rules
    let completed = rules.indices.map { index in
      let next = index + 1 < rules.count ? rules[index + 1] : nil
      guard rules[index].hidesInterfaces, rules[index].isSelfCall(before: next) else { return rules[index] }
      let rule = rules[index].withoutInterfaces
      return Rule(
        rule.matches + [.outInterface(.is(.loopback))], rule.target, reason: rule.reason,
        counters: rule.counters)
    }
    return Chain(name, policy: policy, rules: completed)
  }
}

extension Rule {
  /// True for a rule of ISTIO_OUTPUT that Istio limits to `lo`: from Envoy's own source address, to the inbound listener,
  /// or of all owners but the one that the next rule leaves alone.
  fileprivate func isSelfCall(before next: Rule?) -> Bool {
    if target == .jump(.istioInRedirect) { return true }
    guard target == .return else { return false }
    let conditions = withoutInterfaces.conditions
    if conditions.count == 1, case .source = conditions.first { return true }
    return conditions.contains { condition in
      switch condition {
      case .user(.not(let users)): next?.conditions.contains(.user(.is(users))) == true
      case .group(.not(let groups)): next?.conditions.contains(.group(.is(groups))) == true
      case .source, .destination, .inInterface, .outInterface, .proto, .sourcePort, .destinationPort,
        .eitherPort, .tcpFlags, .user, .group, .socket, .mark, .connmark, .state, .sourceType,
        .destinationType, .opaque:
        false
      }
    }
  }
}
