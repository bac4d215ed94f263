import NetworkValues

extension Rule {
  /// The rule as `iptables-save` prints it, without `-A CHAIN`: `-p tcp -m tcp --dport 15008 -j RETURN`.
  public var iptablesText: String {
    let parts = matches.map(\.iptablesText) + [target.iptablesText]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

extension Match {
  /// The match as `iptables-save` prints it; empty for a match of every packet.
  public var iptablesText: String {
    switch self {
    case _ where isVoid: ""
    case .source(let address): address.text("-s")
    case .destination(let address): address.text("-d")
    case .inInterface(let name): name.text("-i")
    case .outInterface(let name): name.text("-o")
    case .proto(let proto): proto.text("-p")
    case .tcp(let match): match.matchText
    case .udp(let match): match.matchText
    case .multiport(let match): match.matchText
    case .owner(let match): match.matchText
    case .mark(let match): match.matchText
    case .connmark(let match): match.matchText
    case .conntrack(let match): match.matchText
    case .state(let match): match.matchText
    case .addressType(let match): match.matchText
    case .comment(let match): match.matchText
    case .opaque(let match): match.text
    }
  }
}

extension Target {
  /// The target as `iptables-save` prints it, with `-j`; empty for ``none``.
  public var iptablesText: String {
    switch self {
    case .accept: "-j ACCEPT"
    case .drop: "-j DROP"
    case .return: "-j RETURN"
    case .jump(let chain): "-j \(chain)"
    case .goto(let chain): "-g \(chain)"
    case .none: ""
    case .redirect(let target): target.targetText
    case .mark(let target): target.targetText
    case .connmark(let target): target.targetText
    case .tproxy(let target): target.targetText
    case .ct(let target): target.targetText
    case .opaque(let target): "-j \(target.text)"
    }
  }
}

extension DescribedExtension {
  fileprivate var matchText: String { "-m \(Self.name)\(optionText)" }
  fileprivate var targetText: String { "-j \(Self.name)\(optionText)" }
}

extension Condition where Value: CustomStringConvertible {
  /// `-d 10.0.0.0/8` or `! -d 10.0.0.0/8`.
  fileprivate func text(_ option: String) -> String { "\(isNegated ? "! " : "")\(option) \(value)" }
}

extension String {
  /// The text as `iptables-save` prints an argument: bare if it consists of letters, digits, `_` and `-`, else in double
  /// quotes with `\`, `"` and `'` escaped.
  var iptablesQuoted: String {
    if !isEmpty, utf8.allSatisfy(\.needsNoQuotes) { return self }
    // By scalars, not by characters: a combining accent after a quote must not hide it.
    let escaped = unicodeScalars.reduce(into: "") { text, scalar in
      if "\\\"'".unicodeScalars.contains(scalar) { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return "\"\(escaped)\""
  }

  /// The text, in quotes unless it is one word of a line.
  package var asWord: String {
    let isWord = utf8.allSatisfy { !$0.isBlank && $0 != .doubleQuote }
    return isWord && !isEmpty && self != "!" ? self : iptablesQuoted
  }
}

extension UInt8 {
  /// True for bytes that iptables prints without quotes.
  fileprivate var needsNoQuotes: Bool { digitValue != nil || "_-".utf8.contains(self) }
}
