/// `-m mark`: the packet's mark.
public struct MarkMatch: Hashable, Sendable {
  public var mark: Condition<MaskedMark>

  public init(_ mark: Condition<MaskedMark>) {
    self.mark = mark
  }
}

extension MarkMatch: IptablesExtension {
  public static let name = "mark"
  public static let syntax: [OptionSyntax<MarkMatch>] = [
    .value("--mark") { $0.mark.map(\.text) }
  ]
}
