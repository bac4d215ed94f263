import Foundation

/// The number in an environment variable of the tests; nil if it is not set to a number.
package func givenNumber(_ variable: String) -> UInt64? {
  ProcessInfo.processInfo.environment[variable].flatMap(UInt64.init)
}

/// True if the tests run in CI, where no test on the kernel may be skipped.
package let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

/// The amount of work of property tests and campaigns. `make soak` sets SOAK_ROUNDS, and SOAK_SHARE to make a campaign
/// over system calls shorter: one call in that many.
package enum Soak {
  package static let isOn = ProcessInfo.processInfo.environment["SOAK_ROUNDS"] != nil

  /// The number of rounds in the environment, or else the usual number.
  package static func rounds(_ usual: Int) -> Int { givenNumber("SOAK_ROUNDS").map(Int.init) ?? usual }

  /// The seed of the first round: fixed, so that a failure can be reproduced, except in a soak.
  package static func firstSeed(_ usual: UInt64) -> UInt64 { isOn ? .random(in: 0 ... .max / 2) : usual }

  package static func choose<Value>(_ usual: Value, soak: Value) -> Value { isOn ? soak : usual }

  /// The share of the items of a list that a campaign tries: all in a soak or one in SOAK_SHARE, otherwise one in `usual`.
  package static func share<Item>(_ items: [Item], usual: Int) -> [Item] {
    let step = isOn ? max(1, givenNumber("SOAK_SHARE").map(Int.init) ?? 1) : usual
    return items.enumerated().filter { $0.offset % step == step / 2 }.map(\.element)
  }

  /// Prints an amount of work in a soak, which scripts/soak adds up: `soak: 314 kills: native: install`.
  package static func report(_ count: Int, _ work: String, of subject: String) {
    if isOn { print("soak: \(count) \(work): \(subject)") }
  }
}
