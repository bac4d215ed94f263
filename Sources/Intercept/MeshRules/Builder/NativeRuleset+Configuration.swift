public import NftablesModel

extension NativeRuleset {
  /// The native form of the rules that a configuration builds.
  ///
  /// - Throws: never for rules that this program builds; see ``init(lowering:)``.
  public init(_ configuration: Configuration) throws(NativeFormError) {
    try self.init(lowering: RulesetBuilder.build(configuration))
  }
}
