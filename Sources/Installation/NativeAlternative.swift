import Intercept
import Netfilter

/// Advice to use the native form where the kernel lacks modules that the form of iptables needs (nft_compat, xt_owner).
struct NativeAlternative {
  /// Returns true if the kernel accepts the rules in the native form.
  let works: () -> Bool

  init(works: @escaping () -> Bool) {
    self.works = works
  }

  /// - Parameters:
  ///   - wanted: the rules to install.
  ///   - rules: the form that is used now.
  init(_ wanted: [Ruleset], insteadOf rules: InterceptionRules) {
    self.init {
      guard rules.backend == .iptablesNFT else { return false }
      let native = InterceptionRules(in: rules.namespace, as: .nftables)
      return (try? native.check(wanted, .reconcile)) != nil
    }
  }

  /// Runs a body. If it fails because the kernel lacks modules, the error mentions the native form where that works.
  func advising<Success>(_ body: () throws(ApplyError) -> Success) throws(ApplyError) -> Success {
    do throws(ApplyError) {
      return try body()
    } catch {
      guard case .refused(let refusal) = error, refusal.mayLackModules, works() else { throw error }
      throw .refused(refusal.advising("--native-nftables works: this kernel has every module that it needs"))
    }
  }
}
