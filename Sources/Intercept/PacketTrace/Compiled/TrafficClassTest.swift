import NetworkValues
import RuleModel

/// A comparison of bits of the packet's traffic class, which is the TOS field of IPv4.
struct TrafficClassTest: Sendable {
  let mask: UInt8
  let value: UInt8
  let isNegated: Bool

  func holds(_ trafficClass: UInt8) -> Bool { (trafficClass & mask == value) != isNegated }
}

/// A change of the traffic class by the targets DSCP and TOS.
struct TrafficClassChange: Hashable, Sendable {
  let mask: UInt8
  let value: UInt8

  /// Nil for other targets.
  init?(_ target: OpaqueTarget) {
    let words = target.text.split(separator: " ")
    guard words.count == 3 else { return nil }
    switch (words[0], words[1]) {
    case ("DSCP", "--set-dscp"):
      guard let value = UInt8(cText: words[2]), value < 64 else { return nil }
      (mask, self.value) = (0xfc, value << 2)
    case ("TOS", "--set-tos"):
      guard let bits = MaskedByte(words[2]) else { return nil }
      (mask, value) = (bits.mask, bits.value)
    default: return nil
    }
  }

  func changing(_ old: UInt8) -> UInt8 { old & ~mask ^ value }
}

/// `0x10/0x3f`; without a mask all bits count.
private struct MaskedByte {
  let value: UInt8
  let mask: UInt8

  init?(_ text: Substring) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let value = UInt8(cText: parts[0]),
      let mask = parts.count == 1 ? 0xff : UInt8(cText: parts[1])
    else { return nil }
    (self.value, self.mask) = (value, mask)
  }
}

extension OpaqueMatch {
  /// The tests of `-m dscp`, `-m tos` and `-m ecn`; nil for other matches, and for values that are names.
  var headerTests: [Test.Question]? {
    var words = text.split(separator: " ")[...]
    guard words.popFirst() == "-m", let name = words.popFirst(), ["dscp", "tos", "ecn"].contains(name) else {
      return nil
    }
    var tests: [Test.Question] = []
    while let word = words.popFirst() {
      let isNegated = word == "!"
      guard let option = isNegated ? words.popFirst() : word,
        let test = Self.headerTest(option, &words, isNegated: isNegated)
      else { return nil }
      tests.append(test)
    }
    return tests
  }

  private static func headerTest(
    _ option: Substring, _ rest: inout ArraySlice<Substring>, isNegated: Bool
  ) -> Test.Question? {
    func bits(_ mask: UInt8, _ value: UInt8) -> Test.Question {
      .trafficClass(TrafficClassTest(mask: mask, value: value, isNegated: isNegated))
    }
    switch option {
    case "--dscp":
      return rest.popFirst().flatMap { UInt8(cText: $0) }.flatMap { $0 < 64 ? bits(0xfc, $0 << 2) : nil }
    case "--tos": return rest.popFirst().flatMap(MaskedByte.init).map { bits($0.mask, $0.value) }
    case "--ecn-ip-ect": return rest.popFirst().flatMap { UInt8(cText: $0) }.map { bits(3, $0) }
    case "--ecn-tcp-ece", "--ecn-tcp-cwr": return .congestionFlag(isNegated: isNegated)
    default: return nil
    }
  }
}
