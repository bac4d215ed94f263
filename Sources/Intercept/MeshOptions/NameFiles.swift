public import NetworkValues

/// The users of /etc/passwd (passwd(5)) or the groups of /etc/group (group(5)).
///
/// The name service switch is not consulted: a statically linked program cannot load its modules. Accounts of LDAP or
/// systemd are unknown.
public struct AccountFile: Sendable {
  private let text: String

  /// Keeps the text of a file; it is read as far as a name requires.
  public init(_ text: String) {
    self.text = text
  }

  /// The number of the first account of a name; nil if there is none, or if its number is none.
  public func number(of name: String) -> UInt32? {
    guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: ":")) else { return nil }
    let line = text.utf8.split(separator: UInt8(ascii: "\n")).first { line in
      line.starts(with: name.utf8) && line.dropFirst(name.utf8.count).first == UInt8(ascii: ":")
    }
    let fields = line?.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
    guard let fields, fields.count > 2 else { return nil }
    return UInt32(Substring(fields[2]))
  }
}

/// The names of ports in /etc/services (services(5)).
public struct ServicesFile: Sendable {
  private let text: String

  /// Keeps the text of a file; it is read as far as a name requires.
  public init(_ text: String) {
    self.text = text
  }

  /// The port of the first service of a name or alias, whatever its protocol.
  public func port(of name: String) -> Port? {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
      guard words.count > 1, words[0] == name || words.dropFirst(2).contains(Substring(name))
      else { continue }
      return UInt16(words[1].prefix { $0 != "/" }).flatMap(Port.init(rawValue:))
    }
    return nil
  }
}
