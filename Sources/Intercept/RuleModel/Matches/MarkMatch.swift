public import NetworkValues

/// A match on a mark: of the packet or of its connection. Both have the same option and the same kernel form.
public protocol MarkComparison: IptablesExtension {
  var mark: Condition<MaskedMark> { get set }

  init(_ mark: Condition<MaskedMark>)
}

/// `-m mark`: the packet's mark.
///
/// The corresponding C type is `struct xt_mark_mtinfo1`.
public struct MarkMatch: MarkComparison {
  public static let name = "mark"
  public var mark: Condition<MaskedMark>

  public init(_ mark: Condition<MaskedMark>) {
    self.mark = mark
  }
}

/// `-m connmark`: the mark of the packet's connection.
///
/// The corresponding C type is `struct xt_connmark_mtinfo1`.
public struct ConnmarkMatch: MarkComparison {
  public static let name = "connmark"
  public var mark: Condition<MaskedMark>

  public init(_ mark: Condition<MaskedMark>) {
    self.mark = mark
  }
}

/// The arguments of a match on a mark.
struct MarkArguments: ExtensionArguments {
  var mark: Condition<MaskedMark>?
}

extension MarkComparison where Self: DescribedExtension {
  static var syntax: [OptionSyntax<MarkArguments>] { [.value("--mark", in: \.mark, as: .maskedMark)] }

  var arguments: MarkArguments { MarkArguments(mark: mark) }

  init(_ arguments: MarkArguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard let mark = arguments.mark else { throw Self.missing("--mark") }
    self.init(mark)
  }
}

extension MarkMatch: DescribedExtension {}
extension ConnmarkMatch: DescribedExtension {}

extension ArgumentReader where Value == Mark {
  /// A mark without a mask: `0x539`.
  static var mark: ArgumentReader {
    ArgumentReader(wants: "a number 0-4294967295") { text, _ in
      UInt32(cText: text).map(Mark.init(rawValue:))
    }
  }
}

extension ArgumentReader where Value == MaskedMark {
  /// A mark with an optional mask: `0x539`, `0x539/0xfff`.
  static var maskedMark: ArgumentReader {
    ArgumentReader(wants: "a number 0-4294967295, optionally with a mask as in 0x1/0xff") { text, _ in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, let value = UInt32(cText: parts[0]),
        let mask = parts.count == 1 ? UInt32.max : UInt32(cText: parts[1])
      else { return nil }
      return MaskedMark(Mark(rawValue: value), mask: Mark(rawValue: mask))
    }
  }
}

extension ArgumentSyntax where Value == Mark {
  static var mark: ArgumentSyntax { ArgumentSyntax(reader: .mark) { $0.description } }
}

extension ArgumentSyntax where Value == MaskedMark {
  /// A mark and mask as matches print them: without a mask of all bits.
  static var maskedMark: ArgumentSyntax { ArgumentSyntax(reader: .maskedMark) { $0.text } }

  /// A mark and mask as targets print them: always with the mask.
  static var markAndMask: ArgumentSyntax { ArgumentSyntax(reader: .maskedMark) { $0.fullText } }
}

extension ArgumentReader where Value == MaskedMark {
  /// `--set-mark`: replaces the bits of value and mask by the value.
  static var setMark: ArgumentReader {
    maskedMark.map {
      MaskedMark($0.value, mask: Mark(rawValue: $0.mask.rawValue | $0.value.rawValue))
    }
  }

  /// `--and-mark`: clears the bits that the argument lacks.
  static var andMark: ArgumentReader { ArgumentReader<Mark>.mark.map { MaskedMark(0, mask: $0.inverted) } }

  /// `--or-mark`: sets the bits of the argument.
  static var orMark: ArgumentReader { ArgumentReader<Mark>.mark.map { MaskedMark($0, mask: $0) } }

  /// `--xor-mark`: inverts the bits of the argument.
  static var xorMark: ArgumentReader { ArgumentReader<Mark>.mark.map { MaskedMark($0, mask: 0) } }
}

extension Mark {
  fileprivate var inverted: Mark { Mark(rawValue: ~rawValue) }
}
