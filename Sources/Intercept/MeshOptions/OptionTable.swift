/// The table of options. A new option is a case of `OptionName`, and at the same place a row in the group that it belongs
/// to.
package enum OptionTable {
  package static let groups = [
    OptionRow.ruleOptions, OptionRow.kernelOptions, OptionRow.outputOptions, OptionRow.applyOptions,
    OptionRow.legacyOptions, OptionRow.inputOptions, OptionRow.traceOptions, OptionRow.toolOptions,
    OptionRow.nodeOptions,
  ]

  /// Every row, in the order of `OptionName`; a test finds one that is out of order.
  static let rows: [OptionRow] = groups.flatMap(\.self)
}
