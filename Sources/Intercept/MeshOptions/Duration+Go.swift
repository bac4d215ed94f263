extension Duration {
  /// Reads a duration as Go writes it, `1m30s`, `500ms`, `1.5h`; it must be more than nothing, and a day at most.
  public init?(goText text: String) {
    var rest = text[...]
    var total = Duration.zero
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      let unit = rest.dropFirst(number.count).prefix { !$0.isNumber && $0 != "." }
      guard let part = Duration.part(number, unit) else { return nil }
      total += part
      rest = rest.dropFirst(number.count + unit.count)
    }
    guard total > .zero, total <= Self.longest else { return nil }
    self = total
  }

  /// A day: more is a slip of the pen, and far from what a clock can overflow with.
  private static let longest = Duration.seconds(86_400)

  private static func part(_ number: Substring, _ unit: Substring) -> Duration? {
    guard number.count <= 12, let amount = Double(number), let seconds = units[String(unit)],
      amount * seconds <= longest / .seconds(1)
    else { return nil }
    return .seconds(amount * seconds)
  }

  private static let units: [String: Double] = [
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600,
  ]
}
