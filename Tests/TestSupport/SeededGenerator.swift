/// Random numbers that a seed settles (SplitMix64), so that a failure can be seen again.
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

  package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  package mutating func pick<Value>(_ values: Value...) -> Value {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  /// A list, most often a short one, of what `make` makes.
  package mutating func list<Value>(upTo most: Int = 4, _ make: (inout Self) -> Value?) -> [Value] {
    let count = chance(50) ? Int.random(in: 0...1, using: &self) : Int.random(in: 0...most, using: &self)
    return (0..<count).compactMap { _ in make(&self) }
  }
}
