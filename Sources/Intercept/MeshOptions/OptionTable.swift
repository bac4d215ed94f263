/// The table of options. A new option is a case of `OptionName` and a row in the group that it belongs to.
package enum OptionTable {
  package static let groups = [
    OptionRow.ruleOptions, OptionRow.kernelOptions, OptionRow.legacyOptions, OptionRow.inputOutputOptions,
    OptionRow.traceOptions, OptionRow.toolOptions, OptionRow.nodeOptions,
  ]

  /// Every row, in the order of `OptionName`; a test finds an option without one.
  static let rows: [OptionRow] = {
    var rows = [OptionRow?](repeating: nil, count: OptionName.allCases.count)
    for row in groups.joined() { rows[row.option.rawValue] = row }
    return rows.compactMap(\.self)
  }()
}
