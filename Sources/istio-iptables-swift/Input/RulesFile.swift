import Intercept
import RuleCommands

/// A file with rules in any form, read once.
struct RulesFile {
  let name: String
  private let text: PastedText
  private let isEmpty: Bool
  private let table: TableName?
  private let keepsUnreachedChains: Bool

  /// - Parameters:
  ///   - path: the file, or `-` for standard input.
  ///   - table: the table of rules without a table line; nil to infer it.
  ///   - keepsUnreachedChains: true to read the rules of other programs' chains that no packet reaches.
  /// - Throws: `CommandError` if the file cannot be read.
  init(_ path: String, table: TableName?, keepsUnreachedChains: Bool = false) throws {
    let part = try InputFile(path).part(with: .rules)
    name = part.name
    isEmpty = part.bytes.isEmpty
    text = PastedText(part.bytes)
    self.table = table
    self.keepsUnreachedChains = keepsUnreachedChains
  }

  /// Reads the rules of a family, or of every family in the text, and warns of the parts that are left out.
  ///
  /// - Throws: `CommandError` with the file's name and the line.
  func read(_ family: IPFamily?) throws -> LiveSource.Reading {
    if isEmpty { Console.warn("\(name): the text is empty: it counts as a namespace without rules") }
    if let listing = text.nftListing?.text, let report = text.nftReport {
      return try read(listing, report, family)
    }
    let options = RulesText.Options(
      family: family, table: table, names: .host, keepsUnreachedChains: keepsUnreachedChains)
    let rules: RulesText
    do {
      rules = try text.rules(options)
    } catch {
      throw CommandError("\(name): \(error)")
    }
    rules.report.notes.forEach { Console.warn("\(name): \($0)") }
    return LiveSource.Reading(
      rulesets: rules.rulesets, source: "\(name), \(rules.report.summary)", gap: rules.report.incompleteness,
      coverage: rules.report.coverage)
  }

  /// Reads the tables of a listing of nf_tables, and the families that have rules of iptables or Istio.
  private func read(_ listing: String, _ report: RulesReport, _ family: IPFamily?) throws
    -> LiveSource.Reading
  {
    let tables: NftRuleset
    do {
      tables = try NftRuleset(text: listing)
    } catch {
      throw CommandError("\(name): \(error)")
    }
    var report = report
    report.coverage = tables.coverage(endsEarly: report.endsEarly)
    report.gap = report.gap ?? tables.missingPart
    report.notes.forEach { Console.warn("\(name): \($0)") }
    tables.warnOfDormantTables(in: "\(name): ")
    let families = IPFamily.allCases.filter { family == nil || $0 == family }
    let rulesets = families.map { tables.rules($0) }
    return LiveSource.Reading(
      rulesets: rulesets.contains { !$0.isEmpty }
        ? rulesets.filter { !$0.isEmpty } : Array(rulesets.prefix(1)),
      origin: tables.isNativeForm ? .native : .iptablesNFT, nftables: tables,
      source: "\(name), \(report.summary)", gap: report.incompleteness, coverage: report.coverage)
  }
}

extension NftRuleset {
  /// Warns of tables whose rules have no effect.
  func warnOfDormantTables(in place: String = "") {
    dormantTables.forEach { Console.warn("\(place)table \($0) is dormant: its rules have no effect") }
  }
}

extension NameResolver {
  /// Well-known names, and the services, users and groups of this host. `istio-proxy` has Istio's number where the host has none.
  static let host: NameResolver = {
    var names = NameResolver.wellKnown
    names.port = { name, proto in NameResolver.wellKnown.port(name, proto) ?? NameDatabase.port(of: name) }
    names.user = { NameDatabase.user(named: $0) ?? ($0 == "istio-proxy" ? UserID(rawValue: 1337) : nil) }
    names.group = { NameDatabase.group(named: $0) ?? ($0 == "istio-proxy" ? GroupID(rawValue: 1337) : nil) }
    return names
  }()
}
