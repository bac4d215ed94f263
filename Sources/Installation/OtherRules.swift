import Intercept
import Netfilter
import SystemPackage

/// Istio rules in the interface that the options do not select.
struct OtherRules {
  let backend: any RuleBackend
  /// The rules; at least one.
  let found: RemovalPlan
  /// Their differences from the wanted rules, in the form that has the fewest.
  let differences: InterceptionDiff

  /// Reads the other interface of a backend; nil if it has no rules of Istio, or they cannot be read for want of a
  /// privilege or of nf_tables in the kernel.
  init?(besides backend: any RuleBackend, _ wanted: [Ruleset]) throws(InstallationError) {
    guard let other = backend.other, let live = try other.liveIfReadable(), !live.isEmpty else { return nil }
    let found = RemovalPlan(live, in: other.interface, known: wanted)
    guard !found.isEmpty else { return nil }
    let comparison = FormComparison(
      wanted: IPFamily.allCases.map { wanted[$0] }, live: live.rulesets, native: live.native)
    self.backend = other
    self.found = found
    differences = InterceptionDiff(comparison, dormant: live.dormant)
  }

  var interface: RuleInterface { backend.interface }

  /// The tables that have the rules.
  var origin: RuleOrigin { interface.origin(isNative: !found.native.isEmpty) }

  /// True if the rules are the wanted ones and in effect.
  var areRight: Bool { differences.isInstalled && differences.dormant.isEmpty }

  /// The chains of Istio; nil without any.
  var duplicate: DuplicateInstallation? { DuplicateInstallation(found, in: interface) }

  /// Removes the rules, after the wanted ones are in the selected interface.
  func remove(_ wanted: [Ruleset]) throws(InstallationError) -> RuleChange {
    do throws(InstallationError) {
      return try backend.clean(wanted)
    } catch {
      throw .otherLeft(interface, "\(error)")
    }
  }
}

extension Installation {
  /// Returns true if the wanted rules are right in the other interface, which alone has rules of Istio.
  ///
  /// - Throws: `InstallationError` if the rules there differ, or are to be written again, and the options do not replace
  ///   them.
  func isInstalled(in other: OtherRules?) throws(InstallationError) -> Bool {
    guard let other, !run.reconciles else { return false }
    let hasOwn = try !backend.found(known: wanted).isEmpty
    guard other.areRight else {
      let own = hasOwn ? try backend.differences(of: backend.live(), from: wanted) : nil
      throw .differsElsewhere(other.interface, other.differences, selected: own)
    }
    guard !hasOwn else { return false }
    guard !run.forcesApply else { throw .rightElsewhere(other.interface) }
    return true
  }
}

extension LiveInterception {
  /// True without any rules, of whichever program.
  fileprivate var isEmpty: Bool { native.isEmpty && rulesets.allSatisfy(\.isEmpty) }
}

extension RuleBackend {
  /// The rules of the interface; nil if the process may not read them, or the kernel lacks nf_tables.
  fileprivate func liveIfReadable() throws(InstallationError) -> LiveInterception? {
    do throws(InstallationError) {
      return try live()
    } catch .legacy(.unreadable(_, .permissionDenied)), .nfTables {
      return nil
    }
  }
}
