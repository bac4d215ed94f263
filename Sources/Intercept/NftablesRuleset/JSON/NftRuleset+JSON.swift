import NetworkValues
import RuleModel

extension NftRuleset {
  /// Reads what `nft -j list ruleset` prints (libnftables-json(5)).
  ///
  /// - Throws: ``NftSyntaxError`` if the text is not JSON, or has no `nftables` array.
  public init(json text: String) throws(NftSyntaxError) {
    var parser = JSONNodeReader(text)
    let root = try parser.read()
    guard case .array(let objects)? = root["nftables"] else {
      throw NftSyntaxError(line: 1, word: nil, expected: "an object with the array 'nftables'")
    }
    var reader = NftJSONReader()
    for object in objects {
      guard let member = object.single else { continue }
      reader.add(member.value, as: member.name)
    }
    self.init(tables: reader.tables)
  }
}

/// Collects the objects of a JSON listing; each names its table.
private struct NftJSONReader {
  private(set) var tables: [NftTable] = []
  /// The positions of tables by title, and of chains by title and name.
  private var positions: [String: Int] = [:]

  mutating func add(_ object: JSONNode, as kind: String) {
    guard let family = object["family"]?.text.flatMap(NftFamily.init(rawValue:)) else { return }
    if kind == "table" {
      guard let name = object["name"]?.text else { return }
      let flags = object["flags"]?.list.compactMap(\.text) ?? []
      add(NftTable(family, name, isDormant: flags.contains("dormant")))
      return
    }
    guard let name = object["table"]?.text else { return }
    // `nft -j list chain` prints no object of the table.
    let table = positions["\(family.rawValue) \(name)"] ?? add(NftTable(family, name))
    switch kind {
    case "chain":
      guard let chain = NftChain(json: object) else { return }
      positions["\(table)\0\(chain.name)"] = tables[table].chains.count
      tables[table].chains.append(chain)
    case "set", "map": tables[table].sets += NftSet(json: object).map { [$0] } ?? []
    case "rule":
      guard let chain = positions["\(table)\0\(object["chain"]?.text ?? "")"] else { return }
      tables[table].chains[chain].rules.append(NftRule(json: object))
    default: break
    }
  }
}

extension NftJSONReader {
  /// Adds a table, and returns its position.
  @discardableResult
  private mutating func add(_ table: NftTable) -> Int {
    positions[table.title] = tables.count
    tables.append(table)
    return tables.count - 1
  }
}

extension NftChain {
  fileprivate init?(json object: JSONNode) {
    guard let name = object["name"]?.text else { return nil }
    self.init(name)
    guard let kind = object["type"]?.text.flatMap(NftBaseChain.Kind.init(rawValue:)),
      let point = object["hook"]?.text.flatMap({ NftBaseChain.Point(name: $0) }),
      let priority = object["prio"]?.text.flatMap({ Int32($0) })
    else { return }
    base = NftBaseChain(
      kind, point, priority: priority, policy: object["policy"]?.text == "drop" ? .drop : .accept,
      devices: object["dev"]?.list.compactMap(\.text) ?? [])
  }
}

extension NftSet {
  fileprivate init?(json object: JSONNode) {
    guard let name = object["name"]?.text else { return nil }
    let types = object["type"]?.list.compactMap(\.text) ?? []
    let kinds = types.map { NftValueKind(type: $0) }
    let data = object["map"]?.list.compactMap(\.text)
    let elements = object["elem"]?.list.map { $0.nftElement(kinds) } ?? []
    let dataKinds = data.map { $0 == ["verdict"] ? nil : $0.map { NftValueKind(type: $0) } }
    self.init(name, kinds: kinds, dataKinds: dataKinds, elements: elements)
  }
}

extension NftRule {
  fileprivate init(json object: JSONNode) {
    let statements = object["expr"]?.list ?? []
    let rule = NftRule(statements.map(\.nftStatement).joined(separator: " "))
    self = rule.with(
      comment: object["comment"]?.text, handle: object["handle"]?.text.flatMap { UInt64(decimal: $0) },
      counters: rule.counters)
  }
}
