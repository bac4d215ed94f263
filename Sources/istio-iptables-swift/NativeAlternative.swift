import Intercept
import Netfilter

/// The native form, where the kernel lacks what iptables' form needs (nft_compat, xt_owner and the like).
struct NativeAlternative {
  /// Whether the kernel would take the rules in the native form.
  let works: () -> Bool

  init(works: @escaping () -> Bool) {
    self.works = works
  }

  /// - Parameter wanted: what was to be put in, in the form of these rules.
  init(_ wanted: [Ruleset], insteadOf rules: InterceptionRules) {
    self.init {
      guard rules.form == .iptables else { return false }
      let native = InterceptionRules(in: rules.namespace, as: .native)
      return (try? native.check(wanted, .reconcile)) != nil
    }
  }

  /// Runs a body; should the kernel lack modules for what it does, the error says that the native form would do.
  func advising<Success>(_ body: () throws -> Success) throws -> Success {
    do {
      return try body()
    } catch ApplyError.refused(let refusal) where refusal.mayLackModules && works() {
      throw ApplyError.refused(refusal.advising(Self.advice))
    }
  }

  private static let advice = "--native-nftables would work: this kernel has all that it needs"
}
