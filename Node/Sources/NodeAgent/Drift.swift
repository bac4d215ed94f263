import Intercept
import Netfilter

/// Differences of a pod's live rules from its own, by kind.
public struct Drift: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// No Istio rule is installed.
    case absent
    /// A rule, a chain or a part of the routing is missing or changed.
    case missing
    /// Another rule takes packets before an Istio rule.
    case shadowed
    /// A rule in Istio's chains is not the pod's.
    case foreign
  }

  public let kinds: Set<Kind>
  /// One line: the first difference and the number of others.
  public let summary: String

  public init(_ kinds: Set<Kind>, _ summary: String) {
    self.kinds = kinds
    self.summary = summary
  }

  public static let none = Drift([], "")
  public var isEmpty: Bool { kinds.isEmpty }
}

extension Drift {
  /// - Parameters:
  ///   - diff: the differences.
  ///   - hasRules: false if the namespace has no Istio chain and no table of the native form.
  init(_ diff: InterceptionDiff, hasRules: Bool) {
    guard !diff.isEmpty else {
      self = .none
      return
    }
    guard hasRules else {
      self.init([.absent], "no Istio rules are installed")
      return
    }
    var kinds = Set(diff.rulesets.flatMap(\.differences).map { Kind($0.kind) })
    kinds.formUnion(diff.rulesets.flatMap(\.chains).compactMap { Kind($0.presence) })
    if !diff.shadowing.isEmpty { kinds.insert(.shadowed) }
    if !diff.dormant.isEmpty || !diff.routing.isEmpty || !diff.native.isEmpty { kinds.insert(.missing) }
    self.init(kinds, diff.summaries.joined(separator: "; "))
  }
}

extension Drift.Kind {
  fileprivate init(_ kind: Difference.Kind) {
    switch kind {
    case .missing, .changed, .moved: self = .missing
    case .unexpected: self = .foreign
    case .shadowed: self = .shadowed
    }
  }

  fileprivate init?(_ presence: ChainDiff.Presence) {
    switch presence {
    case .present: return nil
    case .missing: self = .missing
    case .unexpected: self = .foreign
    }
  }
}
