package import NetworkValues

extension ArgumentSyntax where Value == CIDR {
  /// A block of addresses of the rule set's family; the length of a single address is not printed.
  static var block: ArgumentSyntax {
    ArgumentSyntax(reader: .block) { $0.isHost ? $0.network.description : $0.description }
  }
}

extension ArgumentSyntax where Value == IPAddress {
  /// An address of the rule set's family.
  static var address: ArgumentSyntax {
    ArgumentSyntax(wants: "a numeric address") { text, context throws(ExtensionProblem) in
      try IPAddress(text[...], family: context.family)
    } write: {
      $0.description
    }
  }
}

extension ArgumentReader where Value == CIDR {
  /// `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1.2.3`, and iptables' other forms: `10/8`, `any/0`.
  static var block: ArgumentReader {
    ArgumentReader(wants: "an address") { text, context throws(ExtensionProblem) in
      try CIDR(text[...], family: context.family)
    }
  }
}

extension CIDR {
  /// Reads a block as iptables does; an address without a mask is a block of one.
  package init(_ text: Substring, family: IPFamily) throws(ExtensionProblem) {
    do throws(ExtensionProblem) {
      self = try Self.block(text, family: family)
    } catch {
      let address = IPAddress(String(text.prefix { $0 != "/" }))
      throw address.map { $0.family != family } ?? false ? .otherFamily(wanted: family) : error
    }
  }

  private static func block(_ text: Substring, family: IPFamily) throws(ExtensionProblem) -> CIDR {
    guard let slash = text.utf8.lastIndex(of: .slash) else {
      return CIDR(host: try IPAddress(text, family: family))
    }
    let length = try Self.prefixLength(text[text.utf8.index(after: slash)...], family: family)
    // With an empty mask the address is irrelevant, and iptables does not check it.
    let address = length == 0 ? IPAddress(family, bits: 0) : try IPAddress(text[..<slash], family: family)
    guard let block = CIDR(address, prefixLength: length) else { throw .wants("a mask") }
    return block
  }

  private static func prefixLength(_ text: Substring, family: IPFamily) throws(ExtensionProblem) -> Int {
    if let length = Int(cText: text), length <= family.addressBits { return length }
    guard let mask = IPAddress(String(text)), mask.family == family else {
      throw .wants("a mask 0-\(family.addressBits) after the '/'")
    }
    let unused = UInt128.bitWidth - family.addressBits
    let length = (~(mask.bits << unused)).leadingZeroBitCount
    // Masks with holes are not modelled. Istio's rules have none.
    guard length <= family.addressBits, CIDR.mask(family, prefixLength: length) == mask.bits else {
      throw .notModelled
    }
    return length
  }

  /// An address with a mask that has holes, as iptables prints it: the address has the masked bits only.
  package static func holedText(_ text: Substring, family: IPFamily) -> String? {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let address = try? IPAddress(parts[0], family: family),
      let mask = IPAddress(String(parts[1])), mask.family == family
    else { return nil }
    return "\(IPAddress(family, bits: address.bits & mask.bits))/\(mask)"
  }
}

extension IPAddress {
  /// Reads a numeric address of a family. Missing bytes at the end of an IPv4 address are zero: `10.1` is 10.1.0.0.
  package init(_ text: Substring, family: IPFamily) throws(ExtensionProblem) {
    switch family {
    case .ipv4:
      guard let address = IPv4Address(String(text)) ?? IPv4Address(network: text) else {
        throw Self.problem(text, family)
      }
      self = .ipv4(address)
    case .ipv6:
      guard let address = IPv6Address(String(text)) else { throw Self.problem(text, family) }
      self = .ipv6(address)
    }
  }

  private static func problem(_ text: Substring, _ family: IPFamily) -> ExtensionProblem {
    guard IPAddress(String(text)) == nil else { return .otherFamily(wanted: family) }
    return .wants("an \(family) address (names are not looked up)")
  }
}

extension IPv4Address {
  /// Reads the first one to three bytes of a network's address: `10`, `10.1`, `10.1.2`.
  fileprivate init?(network text: Substring) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    self.init(String(text) + String(repeating: ".0", count: 4 - parts.count))
  }
}
