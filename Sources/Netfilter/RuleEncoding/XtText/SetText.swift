/// The options of `-m set` as `iptables-save` prints them.
extension XtFields {
  /// `struct xt_set_info_match_v1`, or `xt_set_info_match_v4` with counters.
  func set(hasCounters: Bool) -> [String] {
    let main = XtWords.option("match-set", "\(setWord) \(sides)", isInverted: byte(3) & 1 != 0)
    guard hasCounters else { return [main] }
    let flags = word(40)
    return [
      main, flags & 1 << 7 != 0 ? "--return-nomatch" : "", flags & 1 << 3 != 0 ? "! --update-counters" : "",
      flags & 1 << 4 != 0 ? "! --update-subcounters" : "", counter("packets", 8), counter("bytes", 24),
    ]
  }

  /// The name of the set; `#1`, its index, if the name is not known.
  private var setWord: String { setName ?? "#\(half(0))" }

  private var sides: String {
    (0..<min(6, byte(2))).map { byte(3) >> 1 & 1 << $0 != 0 ? "src" : "dst" }.joined(separator: ",")
  }

  /// `struct ip_set_counter_match`.
  private func counter(_ name: String, _ offset: Int) -> String {
    switch byte(offset + 8) {
    case 1: XtWords.option("\(name)-eq", "\(long(offset))")
    case 2: XtWords.option("\(name)-eq", "\(long(offset))", isInverted: true)
    case 3: XtWords.option("\(name)-lt", "\(long(offset))")
    case 4: XtWords.option("\(name)-gt", "\(long(offset))")
    default: ""
    }
  }
}
