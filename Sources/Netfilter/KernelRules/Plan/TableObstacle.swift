public import Intercept
import NFTables
import RuleEncoding

/// A state of a table or chain, made by another program, in which the wanted rules cannot be installed or would have
/// no effect.
public enum TableObstacle: Hashable, Sendable {
  /// A chain has the name of a built-in one, but no hook: it was created by hand.
  case notCalled(ChainLocation)
  /// A chain has the name of a built-in one, but another type or hook: `type filter hook output`.
  case otherHook(ChainLocation, String)
  /// A chain has the name of one of Istio's, and a hook.
  case hooked(ChainLocation)
  /// A rule of another program would count as Istio's beside the wanted rules.
  case contested(ContestedRule)
  /// The table is dormant (NFT_TABLE_F_DORMANT): none of its rules has an effect.
  case dormant(String)
  /// The table belongs to a netlink socket (NFT_TABLE_F_OWNER), which alone can change it.
  case owned(String, port: UInt32?)
}

extension TableObstacle: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notCalled(let place):
      "chain \(place) has the name of a built-in chain, but no hook calls it: remove it first"
    case .otherHook(let place, let hook):
      "chain \(place) has the name of a built-in chain, but is of another kind (\(hook)): remove it first"
    case .hooked(let place):
      "chain \(place) has the name of one of Istio's, but a hook calls it: remove it first"
    case .contested(let rule): rule.description
    case .dormant(let table):
      "table \(table) is dormant, so none of its rules has an effect; --reconcile ends that"
    case .owned(let table, let port):
      "table \(table) belongs to another process, which alone can change it (flag owner"
        + (port.map { ", netlink port \($0), usually the process id" } ?? "") + "): end that process first"
    }
  }
}

extension RawTable {
  /// True if the kernel calls none of the table's chains (NFT_TABLE_F_DORMANT).
  var isDormant: Bool { flags & 1 != 0 }

  /// True if only the netlink socket that created the table can change it (NFT_TABLE_F_OWNER).
  var isOwned: Bool { flags & 2 != 0 }

  var owned: TableObstacle { .owned(label, port: owner) }
}

extension LiveChain {
  /// The obstacle that the chain is to wanted rules in a chain of its name; nil if there is none.
  func obstacle(at place: ChainLocation) -> TableObstacle? {
    switch (ChainName(place.chain)?.hook, raw.base) {
    case (nil, nil): return nil
    case (nil, .some): return .hooked(place)
    case (.some, nil): return .notCalled(place)
    case (let hook?, let base?):
      guard let usual = BaseChain(place.table, hook) else { return nil }
      guard base.type != usual.type || base.hook != usual.hook else { return nil }
      let name = Hook.allCases.first { BaseChain.HookNumber($0) == base.hook }?.rawValue.lowercased()
      return .otherHook(place, "type \(base.type.rawValue) hook \(name ?? "\(base.hook.rawValue)")")
    }
  }
}

/// An Istio chain that could not be deleted, and is empty.
public struct HeldChain: Hashable, Sendable {
  public let place: ChainLocation
  /// Objects of other programs that lead to it, such as `verdict map services`.
  public let holders: [String]
}

extension HeldChain: CustomStringConvertible {
  public var description: String {
    "chain \(place) stays, empty: \(holders.joined(separator: ", ")) leads to it"
  }
}
