import NetworkValues

extension ArgumentReader where Value == Mark {
  /// A mark without a mask: `0x539`.
  static var mark: ArgumentReader {
    ArgumentReader(wants: "a number 0-4294967295") { text, _ in
      UInt32(cText: text).map(Mark.init(rawValue:))
    }
  }
}

extension ArgumentReader where Value == MaskedMark {
  /// A mark and what counts of it: `0x539`, `0x539/0xfff`.
  static var maskedMark: ArgumentReader {
    ArgumentReader(wants: "a number 0-4294967295 and maybe a mask behind a '/'") { text, _ in
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
  /// Printed as matches do: no mask that has every bit.
  static var maskedMark: ArgumentSyntax { ArgumentSyntax(reader: .maskedMark) { $0.text } }

  /// Printed as targets do: always with its mask.
  static var markAndMask: ArgumentSyntax { ArgumentSyntax(reader: .maskedMark) { $0.fullText } }
}

extension ArgumentReader where Value == MaskedMark {
  /// `--set-mark`: the bits of value and mask are set to the value.
  static var setMark: ArgumentReader {
    maskedMark.map {
      MaskedMark($0.value, mask: Mark(rawValue: $0.mask.rawValue | $0.value.rawValue))
    }
  }

  /// `--and-mark`: the bits that are not in the argument are cleared.
  static var andMark: ArgumentReader { ArgumentReader<Mark>.mark.map { MaskedMark(0, mask: $0.inverted) } }

  /// `--or-mark`: the argument's bits are set.
  static var orMark: ArgumentReader { ArgumentReader<Mark>.mark.map { MaskedMark($0, mask: $0) } }

  /// `--xor-mark`: the argument's bits change sides.
  static var xorMark: ArgumentReader { ArgumentReader<Mark>.mark.map { MaskedMark($0, mask: 0) } }
}

extension Mark {
  fileprivate var inverted: Mark { Mark(rawValue: ~rawValue) }
}
