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
  init(_ file: String?, family: IPFamily, run: RunOptions) {
    if let file {
      self = .text(InputFile(file), family)
    } else {
      self = .kernel(run.backend)
    }
  }

  /// The rules of one family from a text, of both from the kernel.
  struct Reading {
    let rulesets: [Ruleset]
    /// True if they are rules of the native form, translated to those of iptables.
    var isNative = false
    /// All tables of nf_tables, for the rules of other programs.
    var nftables = NftRuleset()
  }

  func read() throws -> Reading {
    switch self {
    case .kernel(let backend):
      let live = try backend.live()
      Console.warn(backend.duplicate())
      let tables = try backend.allTables()
      tables.dormantTables.forEach { Console.warn("table \($0) is dormant: its rules have no effect") }
      if live.native.isEmpty {
        return Reading(rulesets: live.rulesets.map { tables.active($0) }, nftables: tables)
      }
      return Reading(rulesets: Self.lifted(live), isNative: true, nftables: tables)
    case .text(let file, let family):
      let text = try file.read()
      guard NftRuleset.isListing(text) else {
        return Reading(rulesets: [try Self.parse(text, family, name: file.name)])
      }
      let tables = try Self.parseListing(text, name: file.name)
      return Reading(
        rulesets: IPFamily.allCases.map { tables.rules($0) }, isNative: tables.isNativeForm, nftables: tables)
    }
  }

  /// Reads a listing of nf_tables.
  static func parseListing(_ text: String, name: String) throws -> NftRuleset {
    do {
      let tables = try NftRuleset(text: text)
      for table in tables.dormantTables {
        Console.warn("\(name): table \(table) is dormant: its rules have no effect")
      }
      return tables
    } catch {
      throw CommandError("\(name): \(error)")
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
