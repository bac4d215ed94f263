import NetworkValues

extension ArgumentSyntax where Value == TCPFlagTest {
  /// Two words: the flags that are looked at, and those of them that must be set.
  static var tcpFlags: ArgumentSyntax {
    ArgumentSyntax(wants: "two lists of FIN,SYN,RST,PSH,ACK,URG,ALL,NONE", wordCount: 2) { text, _ in
      let lists = text.split(separator: " ").map { TCPFlags(list: $0) }
      guard lists.count == 2, let mask = lists[0], let set = lists[1] else { return nil }
      return TCPFlagTest(set, of: mask)
    } write: {
      "\($0.mask) \($0.set)"
    }
  }
}

extension ArgumentSyntax where Value == TCPOption {
  static var tcpOption: ArgumentSyntax {
    ArgumentSyntax(wants: "an option's number 1-255") { text, _ in
      UInt8(cText: text).flatMap(TCPOption.init(rawValue:))
    } write: {
      String($0.rawValue)
    }
  }
}

extension OptionSyntax {
  /// `--syn`: another spelling of `--tcp-flags FIN,SYN,RST,ACK SYN`.
  static func syn(_ name: String, in part: any Part<Condition<TCPFlagTest>?>) -> OptionSyntax {
    OptionSyntax(names: [name], wordCount: 0) { options, given, _ throws(ExtensionProblem) in
      guard options[keyPath: part] == nil else { throw .repeated }
      options[keyPath: part] = given.map { _ in .opening }
    } write: { _ in
      nil
    }
  }
}

extension TCPFlags {
  /// Reads `SYN,ACK`, in letters of either case; nil if a name is none of a flag.
  fileprivate init?(list: Substring) {
    let known = Self.names + [(.all, "ALL"), ([], "NONE")]
    var flags: TCPFlags = []
    for item in list.split(separator: ",") {
      guard let found = known.first(where: { $0.name == item.uppercased() }) else { return nil }
      flags.formUnion(found.value)
    }
    self = flags
  }
}
