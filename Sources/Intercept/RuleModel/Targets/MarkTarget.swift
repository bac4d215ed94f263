public import NetworkValues

/// `-j MARK`: changes the packet's mark to `(mark & ~mask) ^ value` (`struct xt_mark_tginfo2`).
public struct MarkTarget: Hashable, Sendable {
  public var mark: MaskedMark

  /// Sets the bits of the mask and leaves the others.
  public init(set mark: MaskedMark) {
    self.mark = mark
  }
}

extension MarkTarget: DescribedExtension {
  struct Options: ExtensionOptions {
    var mark: MaskedMark?
  }

  public static let name = "MARK"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--set-xmark", in: \.mark, as: .markAndMask),
    .reading("--set-mark", in: \.mark, as: .setMark),
    .reading("--and-mark", in: \.mark, as: .andMark),
    .reading("--or-mark", in: \.mark, as: .orMark),
    .reading("--xor-mark", in: \.mark, as: .xorMark),
  ]

  var options: Options { Options(mark: mark) }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard let mark = options.mark else { throw Self.missing("--set-mark", "--set-xmark") }
    self.mark = mark
  }
}
