/// A time in UTC, printed as in RFC 3339 with microseconds: `2026-01-31T23:59:59.123456Z`.
package struct UTCTime: CustomStringConvertible {
  private let seconds: Int
  private let microseconds: Int

  /// - Parameters:
  ///   - seconds: the seconds since 1970-01-01T00:00:00Z, at least 0.
  ///   - nanoseconds: the part of a second.
  package init(seconds: Int, nanoseconds: Int) {
    self.seconds = seconds
    microseconds = nanoseconds / 1000
  }

  package var description: String {
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let date = Self.date(days)
    let day = "\(Self.digits(date.year, 4))-\(Self.digits(date.month))-\(Self.digits(date.day))"
    let clock = [second / 3600, second / 60 % 60, second % 60].map { Self.digits($0) }.joined(separator: ":")
    return "\(day)T\(clock).\(Self.digits(microseconds, 6))Z"
  }

  /// The date in the Gregorian calendar. Years are counted from March, so that a leap day is the last of its year.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    // Day 0 is 0000-03-01; 400 years have 146,097 days.
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = era * 400 + yearOfEra + (month < 10 ? 0 : 1)
    return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  private static func digits(_ number: Int, _ count: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
