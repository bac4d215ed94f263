/// A set of values of one field of a packet: ports, a block of addresses, the interfaces that match a pattern.
public protocol ValueSet {
  /// True if a value is in both sets. True as well if that cannot be excluded.
  func overlaps(_ other: Self) -> Bool
  /// True if every value of the other set is in this one.
  func covers(_ other: Self) -> Bool
}

extension RangeSet: ValueSet {}

extension CIDR: ValueSet {
  public func overlaps(_ other: CIDR) -> Bool { covers(other) || other.covers(self) }

  public func covers(_ other: CIDR) -> Bool {
    prefixLength <= other.prefixLength && contains(other.network)
  }
}

extension InterfacePattern: ValueSet {
  public func overlaps(_ other: InterfacePattern) -> Bool { covers(other) || other.covers(self) }

  public func covers(_ other: InterfacePattern) -> Bool {
    isWildcard ? other.stem.hasPrefix(stem) : other.text == text
  }
}

/// Protocol 0 is the set of all protocols, as for `-p`.
extension IPProtocol: ValueSet {
  public func overlaps(_ other: IPProtocol) -> Bool { covers(other) || other.covers(self) }

  public func covers(_ other: IPProtocol) -> Bool { self == other || self == .any }
}

extension ClosedRange: ValueSet where Bound: OwnerID {
  public func covers(_ other: Self) -> Bool { contains(other.lowerBound) && contains(other.upperBound) }
}

/// The marks that have the value in the bits of the mask.
extension MaskedMark: ValueSet {
  public func overlaps(_ other: MaskedMark) -> Bool {
    (value.rawValue ^ other.value.rawValue) & mask.rawValue & other.mask.rawValue == 0
  }

  public func covers(_ other: MaskedMark) -> Bool {
    mask.rawValue & ~other.mask.rawValue == 0 && other.value.rawValue & mask.rawValue == value.rawValue
  }
}

/// The segments that have the flags.
extension TCPFlagTest: ValueSet {
  public func overlaps(_ other: TCPFlagTest) -> Bool {
    set.symmetricDifference(other.set).isDisjoint(with: mask.intersection(other.mask))
  }

  public func covers(_ other: TCPFlagTest) -> Bool {
    mask.isSubset(of: other.mask) && other.set.intersection(mask) == set
  }
}

/// The addresses of one of the types; every address has one.
extension AddressType: ValueSet {
  public func overlaps(_ other: AddressType) -> Bool { !isDisjoint(with: other) }

  public func covers(_ other: AddressType) -> Bool { isSuperset(of: other) }
}

extension ConntrackState: ValueSet {
  /// A translated connection has any other state besides `SNAT` and `DNAT`.
  public func overlaps(_ other: ConntrackState) -> Bool {
    !isDisjoint(with: other) || includesTranslation || other.includesTranslation
  }

  public func covers(_ other: ConntrackState) -> Bool { isSuperset(of: other) }

  private var includesTranslation: Bool { !isDisjoint(with: [.sourceTranslated, .destinationTranslated]) }
}
