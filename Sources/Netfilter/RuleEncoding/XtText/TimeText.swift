/// The options of `-m time` as `iptables-save` prints them.
extension XtFields {
  private static var lastSecondOfDay: UInt32 { 24 * 3600 - 1 }

  /// `struct xt_time_info`.
  var time: [String] {
    let isAllDay = word(8) == 0 && word(12) == Self.lastSecondOfDay
    return [
      isAllDay ? "" : XtWords.option("timestart", Self.clock(word(8))),
      isAllDay ? "" : XtWords.option("timestop", Self.clock(word(12))),
      word(16) == ~1 ? "" : XtWords.option("monthdays", Self.list(1...31, word(16)) { "\($0)" }),
      byte(20) == 0xfe
        ? "" : XtWords.option("weekdays", Self.list(1...7, UInt32(byte(20))) { Self.days[$0 - 1] }),
      word(0) == 0 ? "" : XtWords.option("datestart", Self.date(word(0))),
      word(4) == 0 ? "" : XtWords.option("datestop", Self.date(word(4))),
      byte(21) & 1 != 0 ? "--kerneltz" : "", byte(21) & 2 != 0 ? "--contiguous" : "",
    ]
  }

  private static var days: [String] { ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] }

  /// The names of the bits that are set.
  private static func list(_ bits: ClosedRange<Int>, _ set: UInt32, _ name: (Int) -> String) -> String {
    bits.filter { set & 1 << UInt32($0) != 0 }.map(name).joined(separator: ",")
  }

  private static func clock(_ seconds: UInt32) -> String {
    [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0) }.joined(separator: ":")
  }

  private static func padded(_ number: some BinaryInteger) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// `2026-01-01T00:00:00`, from seconds since 1970 in UTC.
  private static func date(_ seconds: UInt32) -> String {
    // Years begin in March, so that the leap day is the last one.
    let days = Int(seconds / 86_400) + 719_468
    let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return "\(year)-\(padded(month))-\(padded(day))T\(clock(seconds % 86_400))"
  }
}
