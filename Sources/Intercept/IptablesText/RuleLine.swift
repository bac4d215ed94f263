import NetworkValues
import RuleModel

/// What a line of a table's section says: a command, and the rules it is about.
struct RuleLine {
  var command: CommandOption?
  /// Where the command stands.
  var position: Int
  /// The chain the command is about; nil where it is about all of them.
  var chain: Token?
  /// The rule's number, counted from 1.
  var number: Int?
  /// A new name or a policy.
  var argument: Token?
  /// The rules; several where `-s` or `-d` lists addresses.
  var rules: [Rule] = []
  /// Whether the line is for the other family (`-4` and `-6`), so that there are no rules in it.
  var isForOtherFamily = false
}

/// What a rule's line says of the packet's header, in words that are yet to be understood.
struct RuleHeader {
  /// `-s` and `-d`, empty where they are not given; there are as many rules as pairs of them.
  var sources: [Match] = []
  var destinations: [Match] = []
  var inInterface: Match?
  var outInterface: Match?
  var proto: Condition<IPProtocol>?
  var fragment: Match?
  var target: Target?
  var counters: Counters?
  /// Where `-i` and `-o` stand, which not every chain can have.
  var inPosition = 0
  var outPosition = 0

  var isEmpty: Bool {
    sources.isEmpty && destinations.isEmpty && inInterface == nil && outInterface == nil && proto == nil
      && fragment == nil && target == nil && counters == nil
  }

  /// How many pairs of a source and a destination there are.
  var addressPairs: Int { max(sources.count, 1) * max(destinations.count, 1) }

  /// Whether the line stands for several rules.
  var listsAddresses: Bool { addressPairs > 1 }

  /// What the header matches, without the addresses where there are lists of them.
  var matches: [Match] {
    var matches: [Match] = listsAddresses ? [] : sources + destinations
    if let inInterface { matches.append(inInterface) }
    if let outInterface { matches.append(outInterface) }
    if let proto { matches.append(.proto(proto)) }
    if let fragment { matches.append(fragment) }
    return matches
  }
}
