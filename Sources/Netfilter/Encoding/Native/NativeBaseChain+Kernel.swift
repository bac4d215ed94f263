import CNetfilter
package import Intercept

extension BaseChain {
  /// A base chain of the native form.
  package init(_ base: NativeBaseChain) {
    self.init(
      type: ChainType(rawValue: base.kind.rawValue), hook: Hook(base.hook), priority: base.priority,
      policy: Policy(base.policy))
  }
}

extension NativeBaseChain {
  /// Nil if the kernel's is of a type or at a hook that the model does not have.
  init?(_ base: BaseChain) {
    guard let kind = Kind(rawValue: base.type.rawValue),
      let hook = Intercept.Hook.allCases.first(where: { BaseChain.Hook($0) == base.hook })
    else { return nil }
    self.init(kind, hook, priority: base.priority, policy: base.policy == .drop ? .drop : .accept)
  }
}
