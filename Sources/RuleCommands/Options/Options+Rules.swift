package import Intercept

extension Options {
  /// True if one of the options selects the rules; the family alone does not.
  package var selectsRules: Bool {
    OptionName.allCases.contains { option in
      option.isAboutRules && option != .ipFamily && option != .nativeNftables
        && option != .forceIptablesBinary && self[option] != nil
    }
  }
}

extension OptionName {
  /// True for options that decide about the rules, their release and their families.
  package var isAboutRules: Bool {
    selectsRules || [.profile, .istioRelease, .ipFamily, .dnsServers].contains(self)
  }
}
