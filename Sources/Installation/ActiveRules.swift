import Intercept
public import Netfilter

/// The live rules of Istio: those of the selected interface or, if it has none, those of the other one.
struct ActiveRules {
  /// The interface of the rules.
  let backend: any RuleBackend
  /// All rules of the interface.
  let live: LiveInterception

  /// Reads the rules.
  ///
  /// - Parameter selected: the interface that the options select.
  init(_ selected: any RuleBackend) throws(InstallationError) {
    let own = try selected.live()
    guard !own.hasIstioRules, let other = selected.other, let live = try? other.live(), live.hasIstioRules
    else {
      (backend, live) = (selected, own)
      return
    }
    (backend, self.live) = (other, live)
  }

  var isNative: Bool { !live.native.isEmpty }

  /// The tables that the rules are from.
  var origin: RuleOrigin { backend.interface.origin(isNative: isNative) }

  /// The rules of a family; those of the native form are translated to rules of iptables.
  func rules(_ family: IPFamily) -> Ruleset {
    isNative ? Ruleset(lifting: live.nativeRules, family) : live[family]
  }

  /// True if a family has rules of Istio.
  func hasRules(_ family: IPFamily) -> Bool { isNative || live[family].hasIstioChains }

  /// The options that explain the rules; nil without rules of Istio.
  var guess: Guess? { InstalledMesh(IPFamily.allCases.map(rules), isNative: isNative).guess }
}

extension LiveInterception {
  /// True if there is a chain of Istio or a table of the native form.
  public var hasIstioRules: Bool { !native.isEmpty || rulesets.contains(where: \.hasIstioChains) }
}
