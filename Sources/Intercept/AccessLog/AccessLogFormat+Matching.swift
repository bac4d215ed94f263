import NetworkValues

/// Places of the values in a line; a value that the format does not have is at `0..<0`.
typealias AccessLogPlaces = [Range<Int>]

extension [AccessLogFormat.Step] {
  /// Number of places that the matching of one line may try.
  private static var tries: Int { 512 }

  /// Finds the values of a line.
  ///
  /// A value ends where the text after it is found first. If the rest does not match, a later place is tried.
  ///
  /// - Parameters:
  ///   - start: the position after the format's prefix.
  ///   - places: the place of each field; unchanged if the line does not match.
  func match(_ line: Span<UInt8>, from start: Int, _ places: inout AccessLogPlaces) -> Bool {
    var found = AccessLogPlaces(repeating: 0..<0, count: count)
    var (step, from, after) = (0, start, start)
    for _ in 0..<Self.tries {
      if let value = self[step].value(in: line, from: from, endingAfter: after, isLast: step == count - 1) {
        found[step] = value
        step += 1
        if step == count {
          keep(found, &places)
          return true
        }
        from = value.upperBound + self[step - 1].literal.count
        after = from
      } else {
        guard step > 0 else { return false }
        step -= 1
        from = found[step].lowerBound
        after = found[step].upperBound + 1
      }
    }
    return false
  }

  private func keep(_ found: AccessLogPlaces, _ places: inout AccessLogPlaces) {
    for index in places.indices { places[index] = 0..<0 }
    for (step, place) in zip(self, found) {
      if let field = step.field { places[field.rawValue] = place }
    }
  }
}

extension AccessLogFormat.Step {
  /// The value that begins at `from` and ends at the first place, not before `after`, that the format's text follows.
  func value(in line: Span<UInt8>, from: Int, endingAfter after: Int, isLast: Bool) -> Range<Int>? {
    let literal = literal.span
    let last = line.count - literal.count
    // The end of the line ends the last value.
    let first = isLast ? max(after, last) : after
    var end = from
    while end <= last {
      if end >= first, line.has(literal, at: end) { return from..<end }
      guard end < line.count, content.has(line[end]) else { return nil }
      end += 1
    }
    return nil
  }
}

extension Span<UInt8> {
  /// True if the bytes are at a position, which leaves room for them.
  @inline(__always)
  fileprivate func has(_ bytes: Span<UInt8>, at position: Int) -> Bool {
    for index in bytes.indices where self[position + index] != bytes[index] { return false }
    return true
  }
}

extension AccessLogFormat.Content {
  @inline(__always)
  fileprivate func has(_ byte: UInt8) -> Bool {
    switch self {
    case .number: byte.isDigit || byte == .hyphen
    case .word: !byte.isWhitespace && byte != .doubleQuote
    case .words: byte != .doubleQuote
    case .text: true
    }
  }
}
