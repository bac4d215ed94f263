/// A random number generator whose seed fixes the sequence (SplitMix64), so that a failure can be reproduced.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

extension SeededGenerator {
  /// True with a probability of `percent` in 100.
  package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  /// True with a probability of 1 in `count`.
  package mutating func onceIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  /// One of the choices, which must not be empty.
  package mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: Int.random(in: 0..<choices.count, using: &self))]
  }

  /// One of the values.
  package mutating func pick<Value>(_ first: Value, _ second: Value, _ others: Value...) -> Value {
    pick([first, second] + others)
  }

  /// Up to `most` of the values, in any order, with repetitions.
  package mutating func some<Value>(of values: [Value], upTo most: Int = 5) -> [Value] {
    (0..<Int.random(in: 0...most, using: &self)).map { _ in pick(values) }
  }

  /// Each of the values with a probability of one half, in their order.
  package mutating func subset<Value>(of values: [Value]) -> [Value] { values.filter { _ in onceIn(2) } }

  /// A list of up to `most` values, more often a short one than a long one.
  package mutating func list<Value>(upTo most: Int = 4, _ make: (inout Self) -> Value?) -> [Value] {
    let count = chance(50) ? Int.random(in: 0...1, using: &self) : Int.random(in: 0...most, using: &self)
    return (0..<count).compactMap { _ in make(&self) }
  }
}
