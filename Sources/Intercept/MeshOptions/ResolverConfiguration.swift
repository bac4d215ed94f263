public import NetworkValues

/// The contents of /etc/resolv.conf, read as libresolv reads it (resolv.conf(5)).
public struct ResolverConfiguration: Hashable, Sendable {
  /// The addresses of `nameserver` lines, in their order; lines with no address are passed over.
  public let nameservers: [IPAddress]

  /// Number of servers that libresolv asks at most (MAXNS); it ignores further ones.
  public static let serverLimit = 3

  /// Reads the text of a file. A keyword must begin its line; `#` and `;` begin comment lines.
  public init(_ text: String) {
    nameservers = text.split(whereSeparator: \.isNewline).compactMap(Self.nameserver)
  }

  private static func nameserver(_ line: Substring) -> IPAddress? {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count >= 2, line.hasPrefix("nameserver"), words[0] == "nameserver" else { return nil }
    return IPAddress(scoped: String(words[1]))
  }
}
