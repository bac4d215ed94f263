import NetworkValues
import RuleModel

extension NftRuleset {
  /// Reads what `nft -j list ruleset` prints (libnftables-json(5)).
  ///
  /// - Throws: ``NftSyntaxError`` if the text is not JSON, or has no `nftables` array.
  public init(json text: String) throws(NftSyntaxError) {
    var reader = JSONNodeReader(text)
    let root = try reader.read()
    guard case .array(let objects)? = root["nftables"] else {
      throw NftSyntaxError(line: 1, word: nil, expected: "an object with the array 'nftables'")
    }
    self.init()
    for object in objects {
      guard let member = object.single else { continue }
      add(member.value, as: member.name)
    }
  }

  private mutating func add(_ object: JSONNode, as kind: String) {
    guard let family = object["family"]?.text.flatMap(NftFamily.init(rawValue:)) else { return }
    if kind == "table" {
      guard let name = object["name"]?.text else { return }
      let flags = object["flags"]?.list.compactMap(\.text) ?? []
      tables.append(NftTable(family, name, isDormant: flags.contains("dormant")))
      return
    }
    guard let table = object["table"]?.text,
      let index = tables.firstIndex(where: { $0.family == family && $0.name == table })
    else { return }
    switch kind {
    case "chain": tables[index].chains += NftChain(json: object).map { [$0] } ?? []
    case "set", "map": tables[index].sets += NftSet(json: object).map { [$0] } ?? []
    case "rule":
      guard let chain = tables[index].chains.firstIndex(where: { $0.name == object["chain"]?.text }) else {
        return
      }
      tables[index].chains[chain].rules.append(NftRule(json: object))
    default: break
    }
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
