import NetworkValues

/// The options of targets.
extension ListingExtensions {
  mutating func readTarget(_ word: Substring) -> Bool {
    switch (target, word) {
    case ("REDIRECT", "redir"):
      guard takes("ports") else { return false }
      targetOptions += " --to-ports \(next())"
    case ("REDIRECT", "random"), ("DNAT", "random"), ("MASQUERADE", "random"): targetOptions += " --random"
    case ("SNAT", "random-fully"), ("MASQUERADE", "random-fully"): targetOptions += " --random-fully"
    case ("DNAT", _) where word.hasPrefix("to:"): targetOptions += " --to-destination \(word.dropFirst(3))"
    case ("SNAT", _) where word.hasPrefix("to:"): targetOptions += " --to-source \(word.dropFirst(3))"
    case ("REJECT", "reject-with"): targetOptions += " --reject-with \(next())"
    case ("MARK", "MARK"), ("CONNMARK", "CONNMARK"): return readSetMark()
    case ("TPROXY", "TPROXY"): return readTProxy()
    case ("CT", "CT"): readCT()
    case ("CT", "NOTRACK"), ("CT", "notrack"): targetOptions += " --notrack"
    case ("LOG", "LOG"): readLog()
    default: return false
    }
    return true
  }

  private mutating func readSetMark() -> Bool {
    let operation = next()
    switch operation {
    case "set": targetOptions += " --set-xmark \(next())"
    case "xset": targetOptions += " --set-xmark \(next())"
    case "and", "or", "xor": targetOptions += " --\(operation)-mark \(next())"
    case "save", "restore":
      targetOptions += " --\(operation)-mark"
      while let mask = words.first, ["mask", "nfmask", "ctmask"].contains(mask) {
        words = words.dropFirst()
        targetOptions += " --\(mask) \(nextMask())"
      }
    default: return false
    }
    return true
  }

  /// The next word, a mask, which a listing may print inverted: `~0xffffffff`.
  private mutating func nextMask() -> String {
    let text = next()
    guard text.first == "~", let bits = UInt32(cText: text.dropFirst()) else { return text }
    return "0x\(String(~bits, radix: 16))"
  }

  /// `TPROXY redirect 0.0.0.0:15006 mark 0x539/0xffffffff`.
  private mutating func readTProxy() -> Bool {
    guard takes("redirect") else { return false }
    let place = next()
    guard let colon = place.lastIndex(of: ":") else { return false }
    targetOptions += " --on-port \(place[place.index(after: colon)...]) --on-ip \(place[..<colon])"
    if takes("mark") { targetOptions += " --tproxy-mark \(next())" }
    return true
  }

  private mutating func readCT() {
    while let option = words.first {
      if option == "notrack" {
        targetOptions += " --notrack"
      } else if ["zone", "zone-orig", "zone-reply", "helper", "timeout", "ctevents", "expevents"].contains(
        option),
        let value = words.dropFirst().first
      {
        targetOptions += " --\(option) \(value)"
        words = words.dropFirst()
      } else {
        return
      }
      words = words.dropFirst()
    }
  }

  private mutating func readLog() {
    while let option = words.first, ["flags", "level", "prefix"].contains(option) {
      words = words.dropFirst()
      let value = next()
      switch option {
      case "level": if value != "4" && value != "warning" { targetOptions += " --log-level \(value)" }
      case "prefix": targetOptions += " --log-prefix \(value)"
      default: break
      }
    }
  }
}
