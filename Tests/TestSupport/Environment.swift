import Foundation

/// The number in an environment variable of the tests; nil if it is not set to a number.
package func givenNumber(_ variable: String) -> UInt64? {
  ProcessInfo.processInfo.environment[variable].flatMap(UInt64.init)
}

/// True if the tests run in CI, where no test on the kernel may be skipped.
package let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

/// The amount of work of property tests and campaigns. `make soak` sets SOAK_ROUNDS.
package enum Soak {
  package static let isOn = ProcessInfo.processInfo.environment["SOAK_ROUNDS"] != nil

  /// The number of rounds in the environment, or else the usual number.
  package static func rounds(_ usual: Int) -> Int { givenNumber("SOAK_ROUNDS").map(Int.init) ?? usual }

  /// The seed of the first round: fixed, so that a failure can be reproduced, except in a soak.
  package static func firstSeed(_ usual: UInt64) -> UInt64 { isOn ? .random(in: 0 ... .max / 2) : usual }

  package static func choose<Value>(_ usual: Value, soak: Value) -> Value { isOn ? soak : usual }

  /// Prints a line about the work of a campaign, in a soak.
  package static func report(_ line: @autoclosure () -> String) { if isOn { print("soak: \(line())") } }
}
