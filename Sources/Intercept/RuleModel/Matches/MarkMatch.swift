public import NetworkValues

/// `-m mark`: the packet's mark.
public struct MarkMatch: Hashable, Sendable {
  public var mark: Condition<MaskedMark>

  public init(_ mark: Condition<MaskedMark>) {
    self.mark = mark
  }
}

extension MarkMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var mark: Condition<MaskedMark>?
  }

  public static let name = "mark"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--mark", in: \.mark, as: .maskedMark)
  ]

  var options: Options { Options(mark: mark) }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard let mark = options.mark else { throw Self.missing("--mark") }
    self.mark = mark
  }
}
