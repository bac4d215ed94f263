/// Resource quantities of Kubernetes: `100m`, `1.5Gi`, `2e3`.
enum ResourceQuantity {
  private static let suffixes: Set<Substring> = [
    "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
  ]

  /// Returns true for a decimal number with an optional sign, fraction, and suffix or exponent.
  static func isValid(_ text: String) -> Bool {
    let unsigned = text.first.map { "+-".contains($0) } == true ? text.dropFirst() : text[...]
    let number = unsigned.prefix { isDigit($0) || $0 == "." }
    let rest = unsigned.dropFirst(number.count)
    guard number.contains(where: isDigit), number.count(where: { $0 == "." }) <= 1 else { return false }
    return suffixes.contains(rest) || isExponent(rest)
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  private static func isExponent(_ text: Substring) -> Bool {
    guard let first = text.first, "eE".contains(first) else { return false }
    let digits =
      text.dropFirst().first.map { "+-".contains($0) } == true ? text.dropFirst(2) : text.dropFirst()
    return !digits.isEmpty && digits.allSatisfy(isDigit)
  }
}
