import TextOutput

/// Options whose values are names: of files, folders and Kubernetes namespaces.
extension OptionReader {
  /// The path of a file or folder; nil if the option is not given.
  public mutating func path(_ option: OptionName) -> String? {
    value(option, wanted: "give a path without control characters") { text in
      text.isEmpty || text != text.onOneLine ? nil : text
    }
  }

  /// The name of a file in a known folder; nil if the option is not given.
  public mutating func fileName(_ option: OptionName) -> String? {
    value(option, wanted: "give the name of a file, without a folder") { text in
      ["", ".", ".."].contains(text) || text.contains("/") || text != text.onOneLine ? nil : text
    }
  }

  /// The name of a Kubernetes namespace; nil if the option is not given.
  public mutating func namespace(_ option: OptionName) -> String? {
    value(option, wanted: Self.namespaceWanted) { $0.isDNSLabel ? $0 : nil }
  }

  /// The names of Kubernetes namespaces; nil if the option is not given.
  public mutating func namespaces(_ option: OptionName) -> [String]? {
    guard options[option] != nil else { return nil }
    return list(option, of: "a namespace", wanted: Self.namespaceWanted) { $0.isDNSLabel ? $0 : nil }
  }

  private static let namespaceWanted = "give a name of 1-63 lower-case letters, digits and inner hyphens"
}

extension String {
  /// True for a DNS label as Kubernetes defines it (RFC 1123).
  fileprivate var isDNSLabel: Bool {
    (1...63).contains(utf8.count) && !hasPrefix("-") && !hasSuffix("-")
      && utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
