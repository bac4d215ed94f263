import Intercept

extension EnvoyMatcher {
  /// Reads a matching tree, up to its greatest depth; what is deeper is not modelled.
  init(_ json: EnvoyObject) throws { try self.init(json, depth: 0) }

  private static let deepest = 16

  fileprivate init(_ json: EnvoyObject, depth: Int) throws {
    guard depth < Self.deepest else {
      self = .unknown("a matcher nested too deeply")
      return
    }
    let otherwise = try json.object("onNoMatch").map { try OnMatch($0, depth: depth) }
    if let list = try json.object("matcherList") {
      let entries = try list.objects("matchers").map { try Entry($0, depth: depth) }
      self = .list(entries, otherwise: otherwise)
    } else if let tree = try json.object("matcherTree") {
      self = try Self.tree(tree, otherwise, depth: depth)
    } else {
      self = .list([], otherwise: otherwise)
    }
  }

  private static func tree(_ json: EnvoyObject, _ otherwise: OnMatch?, depth: Int) throws -> EnvoyMatcher {
    let input = try Input(json.object("input"))
    func map(_ json: EnvoyObject) throws -> [String: OnMatch] {
      let parts = try json.object("map")?.parts ?? []
      return Dictionary(try parts.map { ($0.name, try OnMatch($0.object, depth: depth)) }) { first, _ in first
      }
    }
    if let exact = try json.object("exactMatchMap") {
      return .exact(input, try map(exact), otherwise: otherwise)
    }
    if let prefix = try json.object("prefixMatchMap") {
      return .prefix(input, try map(prefix), otherwise: otherwise)
    }
    let custom = try json.object("customMatch")
    guard let settings = try custom?.object("typedConfig"), settings.type == "IPMatcher" else {
      return .unknown("the matcher \(try custom?.text("name") ?? "without a name")")
    }
    let blocks = try settings.objects("rangeMatchers").map { range in
      Blocks(
        try range.objects("ranges").map(CIDR.init),
        try range.object("onMatch").map { try OnMatch($0, depth: depth) } ?? .action(""),
        isExclusive: try range.flag("exclusive") ?? false)
    }
    return .blocks(input, blocks, otherwise: otherwise)
  }
}

extension EnvoyMatcher.OnMatch {
  /// Reads an action, whose value is the name of a filter chain, or a nested tree.
  fileprivate init(_ json: EnvoyObject, depth: Int) throws {
    if let nested = try json.object("matcher") {
      self = .matcher(try EnvoyMatcher(nested, depth: depth + 1))
      return
    }
    let action = try json.object("action")
    let value = try action?.object("typedConfig")?.text("value")
    self = .action(try value ?? action?.text("name") ?? "")
  }
}

extension EnvoyMatcher.Entry {
  fileprivate init(_ json: EnvoyObject, depth: Int) throws {
    self.init(
      try json.object("predicate").map { try EnvoyMatcher.Predicate($0, depth: depth) }
        ?? .unknown("a predicate"),
      try json.object("onMatch").map { try EnvoyMatcher.OnMatch($0, depth: depth) } ?? .action(""))
  }
}

extension EnvoyMatcher.Predicate {
  fileprivate init(_ json: EnvoyObject, depth: Int) throws {
    func all(_ name: String) throws -> [Self]? {
      try json.object(name)?.objects("predicate").map { try Self($0, depth: depth + 1) }
    }
    if depth > 32 {
      self = .unknown("a predicate nested too deeply")
    } else if let single = try json.object("singlePredicate") {
      let match = try single.object("valueMatch").map(EnvoyStringMatch.init)
      self =
        try match.map { .value(try EnvoyMatcher.Input(single.object("input")), $0) }
        ?? .unknown("a custom match")
    } else if let any = try all("orMatcher") {
      self = .anyOf(any)
    } else if let all = try all("andMatcher") {
      self = .allOf(all)
    } else if let inner = try json.object("notMatcher") {
      self = .not(try Self(inner, depth: depth + 1))
    } else {
      self = .unknown("a predicate")
    }
  }
}

extension EnvoyMatcher.Input {
  /// Reads an input by its type, else its name.
  fileprivate init(_ json: EnvoyObject?) throws {
    let name = try json?.text("name") ?? ""
    let type = try json?.object("typedConfig")?.type ?? ""
    let words = "\(name) \(type)".filter { $0 != "_" && $0 != "-" }.lowercased()
    let known: [(String, Self)] = [
      ("directsourceip", .directSourceAddress), ("destinationip", .destinationAddress),
      ("destinationport", .destinationPort), ("sourceip", .sourceAddress), ("sourceport", .sourcePort),
      ("sourcetype", .sourceType), ("servername", .serverName), ("transportprotocol", .transportProtocol),
      ("applicationprotocol", .applicationProtocols),
    ]
    self = known.first { words.contains($0.0) }?.1 ?? .other(type.isEmpty ? name : type)
  }
}

extension EnvoyStringMatch {
  /// Reads a `StringMatcher`.
  init(_ json: EnvoyObject) throws {
    let ignoresCase = try json.flag("ignoreCase") ?? false
    if let text = try json.text("prefix") {
      self.init(.prefix(text), ignoresCase: ignoresCase)
    } else if let text = try json.text("suffix") {
      self.init(.suffix(text), ignoresCase: ignoresCase)
    } else if let text = try json.text("contains") {
      self.init(.contains(text), ignoresCase: ignoresCase)
    } else if let regex = try json.object("safeRegex") {
      self.init(.regex(EnvoyRegex(try regex.text("regex") ?? "")))
    } else if let pattern = try json.text("regex") {
      self.init(.regex(EnvoyRegex(pattern)))
    } else if let custom = try json.object("custom") {
      self.init(.custom(try custom.text("name") ?? ""))
    } else {
      self.init(.exact(try json.text("exact") ?? ""), ignoresCase: ignoresCase)
    }
  }
}
