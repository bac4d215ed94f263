import Intercept
import Netfilter

/// Where live rules are read from: a file, standard input, or the kernel.
enum LiveSource {
  case file(String, IPFamily)
  case standardInput(IPFamily)
  case kernel(RuleStore)

  /// - Parameters:
  ///   - file: what the user named; `-` for standard input, nil for the kernel.
  ///   - family: of the rules in a text.
  init(_ file: String?, family: IPFamily, run: RunOptions) {
    switch file {
    case nil: self = .kernel(RuleStore(run))
    case "-"?: self = .standardInput(family)
    case let path?: self = .file(path, family)
    }
  }

  /// The rules, of one family from a text, of both from the kernel.
  func rulesets() throws -> [Ruleset] {
    switch self {
    case .kernel(let rules):
      TwoSets.warn(beside: rules)
      return try rules.live()
    case .file(let path, let family): return [try Self.parse(FileText.read(path), family, name: path)]
    case .standardInput(let family):
      return [try Self.parse(FileText.standardInput(), family, name: "standard input")]
    }
  }

  static func parse(_ text: String, _ family: IPFamily, name: String) throws -> Ruleset {
    do {
      let dump = try IptablesDump.parse(text, family: family)
      dump.notes.forEach { Console.warn("\(name), line \($0.line): \($0.text)") }
      return dump.ruleset
    } catch {
      throw Failure("\(name): \(error)")
    }
  }
}
