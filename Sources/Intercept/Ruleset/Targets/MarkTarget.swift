/// `-j MARK`: changes the packet's mark to `(mark & ~mask) ^ value` (`struct xt_mark_tginfo2`).
public struct MarkTarget: Hashable, Sendable {
  public var mark: MaskedMark

  /// Sets the bits of the mask and leaves the others.
  public init(set mark: MaskedMark) {
    self.mark = mark
  }
}

extension MarkTarget: IptablesExtension {
  public static let name = "MARK"
  public static let syntax: [OptionSyntax<MarkTarget>] = [
    .value("--set-xmark") { .is($0.mark.fullText) }
  ]
}
