import NetworkValues
import RuleModel

extension Condition<InterfacePattern> {
  /// `"lo"`, `!= "veth*"`.
  var nftText: String {
    // An asterisk at the end of a name would be a wildcard.
    let stem = value.isWildcard || value.stem.last != "*" ? value.stem : "\(value.stem.dropLast())\\*"
    return "\(isNegated ? "!= " : "")\"\(stem)\(value.isWildcard ? "*" : "")\""
  }
}

extension Condition<MaskedMark> {
  /// `meta mark 0x00000539`, `meta mark & 0x000000ff == 0x00000003`.
  func nftText(_ name: String) -> String {
    let mark = value.value.nftText
    guard value.mask == .allBits else {
      return "\(name) & \(value.mask.nftText) \(isNegated ? "!=" : "==") \(mark)"
    }
    return "\(name) \(isNegated ? "!= " : "")\(mark)"
  }
}

extension Mark {
  /// The mark with all its digits: `0x00000539`.
  var nftText: String {
    let digits = String(rawValue, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension ConntrackState {
  /// The states by name, in the order of nf_tables' bits.
  var nftNames: [String] {
    let names: [(ConntrackState, String)] = [
      (.invalid, "invalid"), (.established, "established"), (.related, "related"), (.new, "new"),
      (.untracked, "untracked"),
    ]
    return names.filter { contains($0.0) }.map(\.1)
  }
}
