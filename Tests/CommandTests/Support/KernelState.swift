import Intercept
import Netfilter
import TestSupport

/// The state of a namespace that the tool can change, for comparison: rules without counters, and routing.
struct KernelState: Equatable {
  let rules: LiveInterception
  /// A line of the `ip` command each, for both families.
  let routing: Set<String>

  /// That of the thread's namespace.
  static func read() throws -> KernelState {
    KernelState(rules: try InterceptionRules().live(), routing: try readRouting())
  }

  private static func readRouting() throws -> Set<String> {
    let shows = "rule show\nroute show table all\naddress show dev lo\n"
    var lines: Set<String> = []
    for family in ["-4", "-6"] {
      let text = try Program.require("ip", family, "-batch", "-", input: shows)
      // An address is tentative for a moment, and its route comes when it no longer is.
      let settled = text.replacing(" tentative", with: "").split(separator: "\n")
      lines.formUnion(settled.filter { !$0.hasPrefix("local ::6") }.map { "\(family) \($0)" })
    }
    return lines
  }

  /// True if this state may occur between two others: the rules of one of them, the routing that they need,
  /// and none that neither of the two has.
  func isBetween(_ one: KernelState, _ other: KernelState) -> Bool {
    [one, other].contains { rules == $0.rules && routing.isSuperset(of: $0.routing) }
      && routing.isSubset(of: one.routing.union(other.routing))
  }
}

extension KernelState: CustomStringConvertible {
  var description: String {
    let native = rules.native.map { "\($0)\n" }
    return (rules.rulesets.map { $0.saveText() } + native + routing.sorted()).joined(separator: "\n")
  }
}
