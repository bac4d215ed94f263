/// Compiles a pattern of RE2 into instructions.
struct EnvoyRegexCompiler {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var ignoresCase = false
  private var depth = 0

  /// Greatest number of instructions, and of nested groups.
  private static let limit = (instructions: 20_000, depth: 50)

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
  }

  /// The instructions; nil if the pattern uses a construct that is not modelled.
  mutating func compile() -> [EnvoyRegexNode]? {
    if take("(?i)") { ignoresCase = true }
    take("^")
    guard let body = alternation(), position == scalars.count else { return nil }
    return body + [.accept]
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  @discardableResult private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  /// `a|b`. Jumps are relative to the start of the fragment, and moved when it is embedded.
  private mutating func alternation() -> [EnvoyRegexNode]? {
    guard var left = sequence() else { return nil }
    while take("|") {
      guard let right = sequence() else { return nil }
      left =
        [.fork(left.count + 2)] + left.moved(by: 1) + [.jump(left.count + 2 + right.count)]
        + right.moved(by: left.count + 2)
    }
    return left
  }

  private mutating func sequence() -> [EnvoyRegexNode]? {
    var nodes: [EnvoyRegexNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      // A pattern matches the whole text, so that a final anchor adds nothing.
      if scalar == "$", depth == 0, position == scalars.count - 1 {
        position += 1
        break
      }
      guard let atom = atom(), let repeated = repeated(atom) else { return nil }
      nodes += repeated.moved(by: nodes.count)
      guard nodes.count <= Self.limit.instructions else { return nil }
    }
    return nodes
  }

  private mutating func atom() -> [EnvoyRegexNode]? {
    guard let scalar = next else { return nil }
    switch scalar {
    case "(": return group()
    case "[": return bracket().map { [.characters($0)] }
    case ".":
      position += 1
      return [.characters(.any)]
    case "\\": return escape().map { [.characters(ignoresCase ? $0.ignoringCase : $0)] }
    case "^", "$", "*", "+", "?", "{": return nil
    default:
      position += 1
      let literal = EnvoyRegexClass(scalar)
      return [.characters(ignoresCase ? literal.ignoringCase : literal)]
    }
  }

  private mutating func group() -> [EnvoyRegexNode]? {
    position += 1
    if take("?") {
      let isNamed = take("P<") || take("<")
      while isNamed, let scalar = next, scalar != ">" {
        position += scalar.isWordCharacter ? 1 : scalars.count
      }
      guard isNamed ? take(">") : take(":") else { return nil }
    }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.limit.depth, let body = alternation(), take(")") else { return nil }
    return body
  }

  /// The atom with its repetition; laziness makes no difference to a match of the whole text.
  private mutating func repeated(_ atom: [EnvoyRegexNode]) -> [EnvoyRegexNode]? {
    var result = atom
    if take("*") {
      result = Self.star(atom)
    } else if take("+") {
      result = atom + Self.star(atom).moved(by: atom.count)
    } else if take("?") {
      result = [.fork(atom.count + 1)] + atom.moved(by: 1)
    } else if next == "{" {
      guard let counted = counted(atom) else { return nil }
      result = counted
    } else {
      return atom
    }
    take("?")
    let isRepeatedTwice = next.map { "*+{".unicodeScalars.contains($0) } ?? false
    return isRepeatedTwice ? nil : result
  }

  private static func star(_ atom: [EnvoyRegexNode]) -> [EnvoyRegexNode] {
    [.fork(atom.count + 2)] + atom.moved(by: 1) + [.jump(0)]
  }

  /// `{2}`, `{2,}` or `{2,5}`.
  private mutating func counted(_ atom: [EnvoyRegexNode]) -> [EnvoyRegexNode]? {
    position += 1
    guard let least = number() else { return nil }
    let isOpen = take(",")
    let most = isOpen ? number() : least
    guard take("}"), least <= 1_000, (most ?? least) <= 1_000, (most ?? least) >= least,
      atom.count * max(most ?? least, 1) <= Self.limit.instructions
    else { return nil }
    var nodes: [EnvoyRegexNode] = []
    for _ in 0..<least { nodes += atom.moved(by: nodes.count) }
    guard let most else { return nodes + Self.star(atom).moved(by: nodes.count) }
    let end = nodes.count + (most - least) * (atom.count + 1)
    for _ in least..<most { nodes += [.fork(end)] + atom.moved(by: nodes.count + 1) }
    return nodes
  }

  private mutating func number() -> Int? {
    var digits = ""
    while let scalar = next, ("0"..."9").contains(scalar), digits.count < 5 {
      digits.unicodeScalars.append(scalar)
      position += 1
    }
    return Int(digits)
  }

  /// A class in brackets.
  private mutating func bracket() -> EnvoyRegexClass? {
    position += 1
    var result = EnvoyRegexClass(ranges: [], isNegated: take("^"))
    var isFirst = true
    while let scalar = next, scalar != "]" || isFirst {
      isFirst = false
      guard !take("[:"), let lower = member() else { return nil }
      let isRange = next == "-" && position + 1 < scalars.count && scalars[position + 1] != "]"
      guard isRange else {
        result.ranges += lower.ranges
        continue
      }
      position += 1
      guard let upper = member(), let low = lower.single, let high = upper.single, low <= high else {
        return nil
      }
      result.ranges.append(low...high)
    }
    guard take("]") else { return nil }
    return ignoresCase ? result.ignoringCase : result
  }

  private mutating func member() -> EnvoyRegexClass? {
    guard let scalar = next else { return nil }
    guard scalar == "\\" else {
      position += 1
      return EnvoyRegexClass(scalar)
    }
    // A negated class inside a class is not modelled.
    return escape().flatMap { $0.isNegated ? nil : $0 }
  }

  /// A backslash and a character.
  private mutating func escape() -> EnvoyRegexClass? {
    position += 1
    guard let scalar = next else { return nil }
    position += 1
    let digits: ClosedRange<UInt32> = 48...57
    let word: [ClosedRange<UInt32>] = [digits, 65...90, 95...95, 97...122]
    let blanks: [ClosedRange<UInt32>] = [9...10, 12...13, 32...32]
    switch scalar {
    case "d", "D": return EnvoyRegexClass(ranges: [digits], isNegated: scalar == "D")
    case "w", "W": return EnvoyRegexClass(ranges: word, isNegated: scalar == "W")
    case "s", "S": return EnvoyRegexClass(ranges: blanks, isNegated: scalar == "S")
    case "t": return EnvoyRegexClass("\t")
    case "n": return EnvoyRegexClass("\n")
    case "r": return EnvoyRegexClass("\r")
    default: return scalar.isWordCharacter ? nil : EnvoyRegexClass(scalar)
    }
  }
}

extension EnvoyRegexClass {
  /// The only character of the class.
  fileprivate var single: UInt32? {
    ranges.count == 1 && ranges[0].count == 1 && !isNegated ? ranges[0].lowerBound : nil
  }
}

extension Unicode.Scalar {
  fileprivate var isWordCharacter: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self) || self == "_"
  }
}

extension [EnvoyRegexNode] {
  /// The instructions with targets for another place in a program.
  fileprivate func moved(by offset: Int) -> [EnvoyRegexNode] {
    map { node in
      switch node {
      case .fork(let target): .fork(target + offset)
      case .jump(let target): .jump(target + offset)
      case .characters, .accept: node
      }
    }
  }
}
