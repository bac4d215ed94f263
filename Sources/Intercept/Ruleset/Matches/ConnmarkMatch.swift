/// `-m connmark`: the mark of the packet's connection (`struct xt_connmark_mtinfo1`).
public struct ConnmarkMatch: Hashable, Sendable {
  public var mark: Condition<MaskedMark>

  public init(_ mark: Condition<MaskedMark>) {
    self.mark = mark
  }
}

extension ConnmarkMatch: IptablesExtension {
  public static let name = "connmark"
  public static let syntax: [OptionSyntax<ConnmarkMatch>] = [
    .value("--mark") { $0.mark.map(\.text) }
  ]
}
