import NetworkValues

extension CIDR: ValueSet {
  func meets(_ other: CIDR) -> Bool { covers(other) || other.covers(self) }

  func covers(_ other: CIDR) -> Bool { prefixLength <= other.prefixLength && contains(other.network) }
}

extension InterfacePattern: ValueSet {
  func meets(_ other: InterfacePattern) -> Bool { covers(other) || other.covers(self) }

  func covers(_ other: InterfacePattern) -> Bool {
    isWildcard ? other.stem.hasPrefix(stem) : other.text == text
  }
}

extension IPProtocol: ValueSet {
  func meets(_ other: IPProtocol) -> Bool { self == other || rawValue == 0 || other.rawValue == 0 }

  func covers(_ other: IPProtocol) -> Bool { self == other || rawValue == 0 }
}

extension PortSet: ValueSet {
  func meets(_ other: PortSet) -> Bool {
    ranges.contains { range in other.ranges.contains { $0.overlaps(range) } }
  }

  func covers(_ other: PortSet) -> Bool {
    other.ranges.allSatisfy { part in
      ranges.contains { $0.contains(part.lowerBound) && $0.contains(part.upperBound) }
    }
  }
}

extension ClosedRange: ValueSet where Bound: OwnerID {
  func meets(_ other: Self) -> Bool { overlaps(other) }

  func covers(_ other: Self) -> Bool { contains(other.lowerBound) && contains(other.upperBound) }
}

extension MaskedMark: ValueSet {
  func meets(_ other: MaskedMark) -> Bool {
    (value.rawValue ^ other.value.rawValue) & mask.rawValue & other.mask.rawValue == 0
  }

  func covers(_ other: MaskedMark) -> Bool {
    mask.rawValue & ~other.mask.rawValue == 0 && other.value.rawValue & mask.rawValue == value.rawValue
  }
}

extension ConntrackState: ValueSet {
  func meets(_ other: ConntrackState) -> Bool {
    !isDisjoint(with: other) || saysTranslation || other.saysTranslation
  }

  func covers(_ other: ConntrackState) -> Bool { isSuperset(of: other) }

  /// Whether translation is asked for, which a connection may have besides any other state.
  private var saysTranslation: Bool { !isDisjoint(with: [.sourceTranslated, .destinationTranslated]) }
}
