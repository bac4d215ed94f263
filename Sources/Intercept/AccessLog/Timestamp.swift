import NetworkValues

extension AccessLogEntry {
  /// Start time in milliseconds since 1970; nil for a start time in another format than Envoy's
  /// `2020-07-23T14:26:27.081Z`.
  public var milliseconds: Int? {
    let text = raw(.startTime)
    let separators: [(Int, UInt8)] = [
      (4, .hyphen), (7, .hyphen), (10, UInt8(ascii: "T")), (13, .colon), (16, .colon), (19, .period),
    ]
    guard text.count >= 23, separators.allSatisfy({ text[text.startIndex + $0.0] == $0.1 }) else {
      return nil
    }
    func number(_ start: Int, _ count: Int) -> Int? {
      let digits = text[(text.startIndex + start)..<(text.startIndex + start + count)]
      return Int(digits: digits, base: 10)
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2), let fraction = number(20, 3)
    else { return nil }
    let seconds = (Self.days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    return seconds * 1000 + fraction
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin in March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let marchYear = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
  }
}
