import NetworkValues
import RuleModel

/// A rule of a listing, translated to a line of `iptables-restore`.
struct ListingRule {
  /// The line; conditions that cannot be written so are in `unknown`.
  private(set) var text: String
  /// Conditions that the listing does not show, or shows in a form that cannot be read back.
  private(set) var unknown: [Match] = []
  private let family: IPFamily

  init(_ row: ListingColumns.Row, chain: String, _ family: IPFamily, names: NameResolver) {
    self.family = family
    text = "-A \(chain)"
    if let counters = row.counters { text += " -c \(counters.packets) \(counters.bytes)" }
    addAddress("-s", row.source)
    addAddress("-d", row.destination)
    if let name = row.inInterface { addInterface("-i", name) }
    if let name = row.outInterface { addInterface("-o", name) }
    if row.inInterface == nil { unknown.append(.opaque(.unlistedInterfaces)) }
    add(negatable: "-p", row.proto, unless: ["all", "0"])
    if row.options == "-f" { text += " -f" }
    if row.options == "!f" { text += " ! -f" }
    var extensions = ListingExtensions(row, family, names: names)
    extensions.read()
    text += extensions.matches
    unknown += extensions.unknown.map { .opaque(OpaqueMatch($0)) }
    if let target = row.target {
      text += "\(extensions.isGoto ? " -g" : " -j") \(String(target).asWord)\(extensions.targetOptions)"
    }
  }

  private mutating func addAddress(_ option: String, _ word: Substring) {
    let name = word.drop { $0 == "!" }
    guard word.first == "!" || !ListingNames.isEverything(name) else { return }
    let negation = word.first == "!" ? "! " : ""
    if let block = ListingNames.block(name, family) {
      text += " \(negation)\(option) \(block)"
    } else {
      unknown.append(.opaque(OpaqueMatch("\(negation)\(option) \(String(name).asWord)")))
    }
  }

  private mutating func addInterface(_ option: String, _ word: Substring) {
    add(negatable: option, word, unless: ["*", "any"])
  }

  private mutating func add(negatable option: String, _ word: Substring, unless everything: Set<Substring>) {
    let value = word.drop { $0 == "!" }
    guard word.first == "!" || !everything.contains(value) else { return }
    text += "\(word.first == "!" ? " !" : "") \(option) \(String(value).asWord)"
  }
}
