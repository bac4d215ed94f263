/// What has to be done to the rules of a namespace, in the order in which it can be done.
public struct Plan: Hashable, Sendable {
  public let operations: [PlanOperation]
  /// The rules as they will be once it is done.
  package let wanted: WantedRules

  /// Whether the rules are as they should be.
  public var isNothing: Bool { operations.isEmpty }

  /// Whether anything that is there now has to go: without that, it is a first installation.
  public var removesAnything: Bool {
    operations.contains {
      switch $0 {
      case .makeTable, .makeChain, .addRule, .makeNativeTable, .makeNativeChain, .addNativeRule: false
      case .deleteRule, .flushChain, .deleteChain, .deleteTable, .deleteNativeTable: true
      }
    }
  }
}

extension Plan: CustomStringConvertible {
  /// A line per operation.
  public var description: String { operations.map(\.description).joined(separator: "\n") }
}
