import Installation
import Intercept
import Netfilter

/// Where live rules are read from: a file, standard input, or the kernel.
enum LiveSource {
  case file(String, IPFamily)
  case standardInput(IPFamily)
  case kernel(any RuleBackend)

  /// - Parameters:
  ///   - file: what the user named; `-` for standard input, nil for the kernel.
  ///   - family: of the rules in a text.
  init(_ file: String?, family: IPFamily, run: RunOptions) {
    switch file {
    case nil: self = .kernel(run.backend)
    case "-"?: self = .standardInput(family)
    case let path?: self = .file(path, family)
    }
  }

  /// What was read: the rules of one family from a text, of both from the kernel.
  struct Reading {
    let rulesets: [Ruleset]
    /// Whether they are the native form's, in iptables' terms.
    var isNative = false
  }

  func read() throws -> Reading {
    switch self {
    case .kernel(let backend):
      let live = try backend.live()
      Console.warn(backend.duplicate())
      if live.native.isEmpty { return Reading(rulesets: live.rulesets) }
      return Reading(rulesets: Self.lifted(live), isNative: true)
    case .file(let path, let family):
      return Reading(rulesets: [try Self.parse(FileText.read(path), family, name: path)])
    case .standardInput(let family):
      return Reading(rulesets: [try Self.parse(FileText.standardInput(), family, name: "standard input")])
    }
  }

  /// Packets pass the tables of both forms, but they have the same names in iptables' terms.
  private static func lifted(_ live: LiveInterception) -> [Ruleset] {
    let unread = live.rulesets.filter { !$0.isEmpty }
    if !unread.isEmpty {
      Console.warn("the native form's tables are read, and not iptables' own: those have rules as well")
    }
    return IPFamily.allCases.map { Ruleset(lifting: live.nativeRules, $0) }
  }

  static func parse(_ text: String, _ family: IPFamily, name: String) throws -> Ruleset {
    do {
      let dump = try IptablesDump.parse(text, family: family)
      dump.notes.forEach { Console.warn("\(name), line \($0.line): \($0.text)") }
      return dump.ruleset
    } catch {
      throw CommandError("\(name): \(error)")
    }
  }
}
