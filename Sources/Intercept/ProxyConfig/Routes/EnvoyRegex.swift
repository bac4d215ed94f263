/// A regular expression of RE2, which must match a whole text.
///
/// Evaluated without backtracking, in time proportional to the text. Constructs beyond literals, classes, groups,
/// alternation and repetition are not modelled.
public struct EnvoyRegex: Hashable, Sendable {
  public let pattern: String
  /// The compiled pattern; nil if it uses a construct that is not modelled.
  private let program: [EnvoyRegexNode]?

  public init(_ pattern: String) {
    self.pattern = pattern
    var compiler = EnvoyRegexCompiler(pattern)
    program = compiler.compile()
  }

  func matches(_ text: String) -> EnvoyFulfilment {
    guard let program else { return .maybe("the regular expression \(pattern)") }
    var states = EnvoyRegexStates(program)
    states.add(0)
    for scalar in text.unicodeScalars { states.advance(over: scalar) }
    return EnvoyFulfilment(states.accepts)
  }
}

/// An instruction of a compiled pattern.
enum EnvoyRegexNode: Hashable, Sendable {
  /// Consumes a character of a class, then continues with the next instruction.
  case characters(EnvoyRegexClass)
  /// Continues with the next instruction and at another one.
  case fork(Int)
  case jump(Int)
  case accept
}

/// A class of characters.
struct EnvoyRegexClass: Hashable, Sendable {
  var ranges: [ClosedRange<UInt32>]
  var isNegated = false

  /// `.`: every character except a line feed.
  static let any = EnvoyRegexClass(ranges: [10...10], isNegated: true)

  init(ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
    self.ranges = ranges
    self.isNegated = isNegated
  }

  init(_ scalar: Unicode.Scalar) { self.init(ranges: [scalar.value...scalar.value]) }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } != isNegated
  }

  /// The class with both cases of ASCII letters.
  var ignoringCase: EnvoyRegexClass {
    let upper: ClosedRange<UInt32> = 65...90
    let lower: ClosedRange<UInt32> = 97...122
    let added = ranges.flatMap { range -> [ClosedRange<UInt32>] in
      let fromUpper = range.overlaps(upper) ? [range.clamped(to: upper)] : []
      let fromLower = range.overlaps(lower) ? [range.clamped(to: lower)] : []
      return fromUpper.map { ($0.lowerBound + 32)...($0.upperBound + 32) }
        + fromLower.map { ($0.lowerBound - 32)...($0.upperBound - 32) }
    }
    return EnvoyRegexClass(ranges: ranges + added, isNegated: isNegated)
  }
}

/// The instructions that a text has reached so far.
private struct EnvoyRegexStates {
  private let program: [EnvoyRegexNode]
  private var active: [Int] = []
  private var isActive: [Bool]

  init(_ program: [EnvoyRegexNode]) {
    self.program = program
    isActive = Array(repeating: false, count: program.count)
  }

  var accepts: Bool { active.contains { program[$0] == .accept } }

  /// Adds an instruction, and those that it continues at without consuming a character.
  mutating func add(_ start: Int) {
    var pending = [start]
    while let index = pending.popLast() {
      guard !isActive[index] else { continue }
      isActive[index] = true
      active.append(index)
      switch program[index] {
      case .fork(let other): pending += [index + 1, other]
      case .jump(let target): pending.append(target)
      case .characters, .accept: break
      }
    }
  }

  mutating func advance(over scalar: Unicode.Scalar) {
    let previous = active
    for index in previous { isActive[index] = false }
    active = []
    for index in previous {
      if case .characters(let characters) = program[index], characters.contains(scalar) { add(index + 1) }
    }
  }
}
