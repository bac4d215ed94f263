import NetworkValues
import RuleModel

/// The options of matches and targets.
extension RuleReader {
  /// Reads an option that is none of iptables itself, as `getopt_long` finds it: an exact name first, then the
  /// beginning of one name alone.
  mutating func readExtensionOption(_ name: String, attached: String?) throws(ParseError) {
    if let current, items[current].isOpaque {
      // Nobody knows what options it has; so all are its own, wherever `-p` stands.
      keep(next - 1..<next, in: current)
    } else if let owner = owner(of: name) {
      try read(owner.option, of: owner.item, as: name, attached: attached)
    } else if let item = implicitItem({ $0.option(named: name) != nil }, { $0.contains(name) }) {
      start(item)
      try readExtensionOption(name, attached: attached)
    } else if let found = try abbreviated(name) {
      try found.isCore
        ? readCore(found.name, attached: attached) : readExtensionOption(found.name, attached: attached)
    } else {
      try readUnknown(name)
    }
  }

  private mutating func readCore(_ name: String, attached: String?) throws(ParseError) {
    guard let syntax = CoreSyntax.byName[name] else { return }
    try read(syntax, as: name, attached: attached)
  }

  /// An option that nothing known has: the last extension is one that is not modelled in full, or it is a
  /// mistake.
  mutating func readUnknown(_ name: String) throws(ParseError) {
    guard !ImplicitExtensions.someOption(begins: name) else {
      throw complaint(at: next - 1, "'\(name)' wants '-p' with its protocol before it")
    }
    if let current {
      items[current].becomeOpaque()
      keep(next - 1..<next, in: current)
    } else if let item = items.lastIndex(where: { $0.isOpaque }) {
      keep(next - 1..<next, in: item)
    } else {
      throw complaint(at: next - 1, "'\(name)' is no option of iptables, nor of a match or target before it")
    }
  }

  /// The item, among those begun, that has an option of exactly this name; the latest first.
  func owner(of name: String) -> (item: Int, option: Int)? {
    if let current, items[current].isOpaque { return nil }
    for index in items.indices.reversed() {
      if let option = items[index].known?.option(named: name) { return (index, option) }
    }
    return nil
  }

  /// The match that `-p` loads by itself where one of its options comes up, unless it is there already.
  private func implicitItem(
    _ isIn: (KnownExtension) -> Bool, _ isAmong: ([String]) -> Bool
  ) -> RuleItem? {
    guard let proto = context.proto?.value else { return nil }
    let position = words[next - 1].bytes.lowerBound
    if proto == .tcp || proto == .udp, let known = KnownExtensions.matches[proto.description] {
      guard isIn(known), !items.contains(where: { $0.name == proto.description }) else { return nil }
      return RuleItem(.match, name: proto.description, position: position, known: known)
    }
    guard let known = ImplicitExtensions.all[proto], isAmong(known.options),
      !items.contains(where: { $0.name == known.name })
    else { return nil }
    return RuleItem(.match, name: known.name, position: position, known: nil)
  }
}

/// Abbreviated names.
extension RuleReader {
  /// The full name that an abbreviated one stands for; nil if it stands for none.
  ///
  /// The match that `-p` implies is only asked where the others do not settle it, as in iptables.
  private func abbreviated(_ prefix: String) throws(ParseError) -> (name: String, isCore: Bool)? {
    var names = CoreSyntax.all.compactMap { syntax in syntax.names.first { $0.hasPrefix(prefix) } }
    let coreCount = names.count
    for known in items.compactMap(\.known) { names.append(new: known.options(beginning: prefix)) }
    if names.count != 1, let known = implicitItem({ _ in true }, { _ in true })?.known {
      names.append(new: known.options(beginning: prefix))
    }
    guard names.count <= 1 else {
      let choices = names.map { "'\($0)'" }.joined(separator: " or ")
      throw complaint(at: next - 1, "'\(prefix)' could be \(choices)")
    }
    return names.first.map { ($0, coreCount == 1) }
  }
}

extension [String] {
  /// Appends the names that are not there yet.
  fileprivate mutating func append(new names: [String]) {
    self += names.filter { !contains($0) }
  }
}

/// Reading into a draft.
extension RuleReader {
  mutating func read(
    _ option: Int, of item: Int, as name: String, attached: String?
  ) throws(ParseError) {
    let index = next - 1
    let firstWord = bang ?? index
    let argument = try joinedArguments(of: option, of: item, as: name, attached: attached)
    let isNegated = takeNegation()
    items[item].add(firstWord..<next)
    current = item
    do throws(ExtensionProblem) {
      let given: Condition<String> = isNegated ? .not(argument.text) : .is(argument.text)
      try items[item].draft?.read(option, given, in: context)
    } catch .notModelled {
      items[item].becomeOpaque()
    } catch .wants(let wanted) {
      throw ParseError(argument, name, wants: wanted)
    } catch .otherFamily(let wanted) {
      throw ParseError(argument, name, wantsFamily: wanted)
    } catch {
      throw complaint(at: index, error.sentence(about: name))
    }
  }

  /// All the words an option takes, as one.
  private mutating func joinedArguments(
    of option: Int, of item: Int, as name: String, attached: String?
  ) throws(ParseError) -> Token {
    let count = items[item].known?.options[option].wordCount ?? 0
    guard count > 0 else {
      guard attached == nil else { throw complaint(at: next - 1, "'\(name)' takes no argument") }
      return Token(text: "", bytes: words[next - 1].bytes)
    }
    var word = try argument(of: name, attached: attached)
    for _ in 1..<count {
      let text = "\(word.text) \(try argument(of: name, attached: nil).text)"
      word = Token(text: text, bytes: word.bytes)
    }
    return word
  }
}

extension ExtensionProblem {
  /// The problem in words, for those that are about an option rather than its argument.
  func sentence(about name: String) -> String {
    switch self {
    case .wants(let wanted): "'\(name)' wants \(wanted)"
    case .otherFamily(let wanted): "'\(name)' wants an \(wanted) address"
    case .notNegatable: "'\(name)' cannot be negated"
    case .repeated: "'\(name)' is given twice"
    case .notModelled: "'\(name)' is not understood"
    case .because(let reason): reason
    }
  }
}
