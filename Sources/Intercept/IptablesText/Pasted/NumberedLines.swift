import NetworkValues

/// Lines of a file. A line that is in the file as it is here takes a few bytes, since a dump may have millions.
struct NumberedLines {
  /// The file in UTF-8.
  private let bytes: [UInt8]
  private var places: [Place] = []
  /// The lines with a text that is not in the file.
  private var changed: [NumberedLine] = []

  /// The place of a line: in the file, or in `changed`.
  private struct Place {
    let number: UInt32
    let start: UInt32
    /// ``inChanged`` for a changed line at the index `start`.
    let end: UInt32

    static let inChanged = UInt32.max
  }

  /// - Parameter bytes: the file that the lines are of, of less than 4 GiB.
  init(of bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// True if the pod of a line is known.
  var havePods: Bool { changed.contains { $0.pod != nil } }

  /// The same file, without lines.
  var withoutLines: NumberedLines { NumberedLines(of: bytes) }

  mutating func append(_ line: NumberedLine) {
    if let place = line.place, !line.isFromLog, let number = UInt32(exactly: line.number),
      let start = UInt32(exactly: place.lowerBound), let end = UInt32(exactly: place.upperBound),
      end != Place.inChanged
    {
      places.append(Place(number: number, start: start, end: end))
    } else {
      places.append(Place(number: 0, start: UInt32(changed.count), end: Place.inChanged))
      changed.append(line)
    }
  }

  mutating func append(contentsOf lines: some Sequence<NumberedLine>) {
    for line in lines { append(line) }
  }
}

extension NumberedLines: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(index: Int) -> NumberedLine {
    let place = places[index]
    guard place.end != Place.inChanged else { return changed[Int(place.start)] }
    return NumberedLine(number: Int(place.number), bytes, at: Int(place.start)..<Int(place.end))
  }
}

extension NumberedLines {
  /// The number of bytes of a line, its first two and its last one.
  struct Marks {
    let count: Int
    let first: UInt8?
    let second: UInt8?
    let last: UInt8?

    fileprivate init(_ line: some BidirectionalCollection<UInt8>) {
      count = line.count
      first = line.first
      second = line.dropFirst().first
      last = line.last
    }
  }

  /// The marks of a line, without its text as a string.
  func marks(of index: Int) -> Marks {
    let place = places[index]
    guard place.end != Place.inChanged else { return Marks(changed[Int(place.start)].text.utf8) }
    return Marks(bytes[Int(place.start)..<Int(place.end)])
  }

  /// The lines of a file.
  static func all(of bytes: [UInt8]) -> some Sequence<NumberedLine> {
    sequence(state: (start: 0, number: 0)) { state in
      guard state.start <= bytes.count else { return nil }
      let end = bytes[state.start...].firstIndex(of: .newline) ?? bytes.count
      defer { state.start = end + 1 }
      state.number += 1
      return NumberedLine(number: state.number, bytes, at: state.start..<end)
    }
  }
}
