import NetworkValues

extension NftCursor {
  /// The kind of data that a map assigns.
  enum MapData {
    case verdict
    case values([NftValueKind])
  }

  /// Consumes operator and right side of a match: `!= 80`, `{ 80, 443 }`, `& 0xff == 0x3`, `@blocked`; nil if they
  /// are not modelled.
  mutating func takeComparison(with keys: [NftKey]) -> (mask: UInt128?, NftComparison)? {
    let kinds = keys.map(\.kind)
    guard kinds.allSatisfy({ $0 != .other }) else { return nil }
    var mask: UInt128?
    if take("&") || take("and") {
      guard keys.count == 1, let value = takeBits(kinds[0]) else { return nil }
      mask = value
    }
    let isNegated = take("!=")
    let isExact = isNegated || take("==") || mask != nil
    if take("!") { return takeBits(kinds[0]).map { (nil, .bits($0, isNegated: true)) } }
    if let name = first, name.kind == .word, name.text.hasPrefix("@") {
      take()
      return (mask, .set(String(name.text.dropFirst()), isNegated: isNegated))
    }
    if first?.isMark("{") == true {
      guard let block = takeBraces(), let elements = NftElements(block, kinds, data: nil) else { return nil }
      return (mask, .values(elements, isNegated: isNegated))
    }
    if kinds.count == 1, kinds[0].isBitmask {
      guard let bits = takeBits(kinds[0]) else { return nil }
      if take("/") {
        guard mask == nil, let tested = takeBits(kinds[0]) else { return nil }
        return (tested, .single(bits, isNegated: isNegated))
      }
      return isExact ? (mask, .single(bits, isNegated: isNegated)) : (nil, .bits(bits, isNegated: false))
    }
    if let comparison = takeOrder(kinds) { return (mask, comparison) }
    if mask == nil, kinds == [.mark], let range = takeMarkPrefix() {
      return (nil, .values(NftElements([NftElement([range])]), isNegated: isNegated))
    }
    guard let key = takeKey(kinds) else { return nil }
    return (mask, .values(NftElements([NftElement(key)]), isNegated: isNegated))
  }

  private static let operators: Set<String> = [
    "==", "!=", "<", ">", "<=", ">=", "!", "&", "|", "^", "and", "or", "xor", ".",
  ]

  /// Consumes operator and right side of a comparison with a field whose values are not modelled: `< 2`, `exists`,
  /// `{ 1, 2 }`; false for a statement that assigns or maps.
  mutating func takeOtherComparison(with keys: [NftKey]) -> Bool {
    guard keys.allSatisfy(\.isComparable), !["set", "map", "vmap"].contains(first?.text) else { return false }
    while let word = first, Self.operators.contains(word.text) || word.isMark(",") { take() }
    if takeMark("(") {
      _ = take { $0.isMark(")") }
      guard takeMark(")") else { return false }
    } else {
      guard takeBraces() != nil || takeText() != nil else { return false }
    }
    // More of the value: `10-20`, `a,b`, `0xff == 0x3`.
    while let next = first, Self.operators.contains(next.text) || next.text.hasPrefix("-") || next.isMark(",")
    {
      take()
      if !next.text.hasPrefix("-") || next.text == "-" { _ = takeText() }
    }
    return true
  }

  /// Consumes `0xffffff00/24`, the marks that begin with 24 bits; nil, with nothing consumed, for another value.
  private mutating func takeMarkPrefix() -> ClosedRange<UInt128>? {
    let parts = (first?.text ?? "").split(separator: "/")
    guard parts.count == 2, let value = NftValueKind.mark.number(String(parts[0])),
      let length = UInt8(decimal: parts[1]), length <= 32
    else { return nil }
    take()
    let rest = UInt128(greatestOfBits: 32 - Int(length))
    return value & ~rest...value | rest
  }

  /// Consumes `< 1024` and the like; nil, with nothing consumed, if another operator follows.
  private mutating func takeOrder(_ kinds: [NftValueKind]) -> NftComparison? {
    guard kinds.count == 1, let name = first?.text, ["<", ">", "<=", ">="].contains(name) else { return nil }
    var cursor = self
    cursor.take()
    guard let value = cursor.takeText().flatMap(kinds[0].number) else { return nil }
    let greatest = UInt128(greatestOfBits: kinds[0].bits)
    let range: ClosedRange<UInt128>? =
      switch name {
      case "<": value == 0 ? nil : 0...value - 1
      case "<=": 0...value
      case ">": value < greatest ? value + 1...greatest : nil
      default: value <= greatest ? value...greatest : nil
      }
    guard let range else { return nil }
    self = cursor
    return .values(NftElements([NftElement([range])]), isNegated: false)
  }

  /// Consumes bits by name or number, joined by commas or `|`, in parentheses or not.
  private mutating func takeBits(_ kind: NftValueKind) -> UInt128? {
    let isGrouped = takeMark("(")
    var bits: UInt128 = 0
    repeat {
      guard let value = takeText().flatMap(kind.number) else { return nil }
      bits |= value
    } while takeMark(",") || take("|")
    return !isGrouped || takeMark(")") ? bits : nil
  }

  /// Consumes a value for each kind, joined by dots.
  mutating func takeKey(_ kinds: [NftValueKind]) -> [ClosedRange<UInt128>]? {
    var key: [ClosedRange<UInt128>] = []
    for kind in kinds {
      guard key.isEmpty || take("."), var range = takeText().flatMap(kind.range) else { return nil }
      while kind.isBitmask, take("|") {
        guard let bit = takeText().flatMap(kind.number) else { return nil }
        range = range.lowerBound | bit...range.upperBound | bit
      }
      key.append(range)
    }
    return key
  }

  /// Consumes a map: `{ 80 : accept, 443 : drop }` or `@name`.
  mutating func takeMapping(_ kinds: [NftValueKind], _ data: MapData) -> NftMapping? {
    if let name = first, name.kind == .word, name.text.hasPrefix("@") {
      take()
      return .set(String(name.text.dropFirst()))
    }
    guard let block = takeBraces() else { return nil }
    return NftElements(block, kinds, data: data).map(NftMapping.elements)
  }
}

extension NftKey {
  /// True for a field that a comparison follows at once; functions of fields have arguments (`numgen inc mod 2`).
  fileprivate var isComparable: Bool {
    guard case .opaque(let text, _) = self else { return true }
    return !["numgen ", "jhash ", "symhash ", "osf ", "ipsec "].contains(where: text.hasPrefix)
  }
}

extension NftComparison {
  fileprivate static func single(_ value: UInt128, isNegated: Bool) -> NftComparison {
    .values(NftElements([NftElement([value...value])]), isNegated: isNegated)
  }
}

extension NftElements {
  /// Reads the elements of a set or map between its braces; nil if one of them is not modelled.
  ///
  /// - Parameter data: the kind of a map's data; nil for a set.
  init?(_ tokens: ArraySlice<NftToken>, _ kinds: [NftValueKind], data: NftCursor.MapData?) {
    let parts = tokens.commaSeparated
    let elements = parts.compactMap { NftElement($0, kinds, data: data) }
    guard elements.count == parts.count else { return nil }
    self.init(elements)
  }
}

extension NftElement {
  /// Reads an element. Its options (`timeout 1m expires 20s`, `counter packets 0 bytes 0`, `comment "x"`) do not
  /// count: an element that the kernel lists has not expired.
  fileprivate init?(_ tokens: ArraySlice<NftToken>, _ kinds: [NftValueKind], data: NftCursor.MapData?) {
    var cursor = NftCursor(tokens)
    let key: [ClosedRange<UInt128>]
    if cursor.take("*") {
      key = []
    } else {
      guard let values = cursor.takeKey(kinds) else { return nil }
      key = values
    }
    var options = NftCursor(cursor.take { $0.isWord(":") })
    options.skipElementOptions()
    guard options.isAtEnd else { return nil }
    guard let data else {
      guard cursor.isAtEnd else { return nil }
      self.init(key)
      return
    }
    guard cursor.take(":") else { return nil }
    self.init(key, data: NftData(cursor.rest, data))
  }
}

extension NftCursor {
  /// Consumes the options of an element.
  fileprivate mutating func skipElementOptions() {
    while let option = first, option.kind == .word {
      switch option.text {
      case "timeout", "expires", "comment":
        take()
        take()
      case "counter":
        take()
        if take("packets") {
          take()
          take()
          take()
        }
      default: return
      }
    }
  }
}

extension NftData {
  fileprivate init(_ tokens: ArraySlice<NftToken>, _ data: NftCursor.MapData) {
    var cursor = NftCursor(tokens)
    switch data {
    case .verdict: self = cursor.takeVerdict().map(NftData.verdict) ?? .opaque(tokens.nftText)
    case .values(let kinds): self = cursor.takeKey(kinds).map(NftData.values) ?? .opaque(tokens.nftText)
    }
  }
}
