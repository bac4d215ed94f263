public import NetworkValues

/// `-m connmark`: the mark of the packet's connection (`struct xt_connmark_mtinfo1`).
public struct ConnmarkMatch: Hashable, Sendable {
  public var mark: Condition<MaskedMark>

  public init(_ mark: Condition<MaskedMark>) {
    self.mark = mark
  }
}

extension ConnmarkMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var mark: Condition<MaskedMark>?
  }

  public static let name = "connmark"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--mark", in: \.mark, as: .maskedMark)
  ]

  var options: Options { Options(mark: mark) }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard let mark = options.mark else { throw Self.missing("--mark") }
    self.mark = mark
  }
}
