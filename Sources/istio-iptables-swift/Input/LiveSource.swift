import Installation
import Intercept
import Netfilter

/// The place where live rules are read: a text or the kernel.
enum LiveSource {
  case text(InputFile, IPFamily)
  case kernel(any RuleBackend)

  /// - Parameters:
  ///   - file: a file of iptables-save text, `-` for standard input; nil for the kernel.
  ///   - family: the family of the rules in a text.
  init(_ file: String?, family: IPFamily, in settings: Settings) throws {
    if let file {
      self = .text(InputFile(file), family)
    } else {
      self = .kernel(try settings.backend())
    }
  }

  /// The rules of one family from a text, of both from the kernel.
  struct Reading {
    let rulesets: [Ruleset]
    /// True if they are rules of the native form, translated to those of iptables.
    var isNative = false
  }

  func read() throws -> Reading {
    switch self {
    case .kernel(let backend):
      let live = try backend.live()
      Console.warn(backend.duplicate())
      if live.native.isEmpty { return Reading(rulesets: live.rulesets) }
      return Reading(rulesets: Self.lifted(live), isNative: true)
    case .text(let file, let family):
      return Reading(rulesets: [try Self.parse(file.read(), family, name: file.name)])
    }
  }

  /// Rules of the native form. Packets traverse the tables of iptables as well, but both have the same names.
  private static func lifted(_ live: LiveInterception) -> [Ruleset] {
    if !live.rulesets.allSatisfy(\.isEmpty) {
      Console.warn("only the tables of the native form are read; those of iptables contain rules as well")
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

extension Settings {
  /// The kernel interface that the options select, in the namespace that they select.
  ///
  /// - Throws: `NamespaceError` if that cannot be opened.
  func backend() throws -> any RuleBackend { run.backend(in: try namespace.open()) }
}
