import NetworkValues

extension JSONNode {
  /// A statement of libnftables' JSON in the syntax of `nft`.
  var nftStatement: String {
    guard let statement = single else { return text ?? "" }
    let value = statement.value
    switch statement.name {
    case "match": return value.nftMatch
    case "accept", "drop", "continue", "return", "notrack": return statement.name
    case "jump", "goto": return "\(statement.name) \(value["target"]?.text ?? "")"
    case "counter": return value.nftCounter
    case "redirect", "masquerade": return statement.name + value.nftPort("to ") + value.nftFlags
    case "dnat", "snat": return value.nftTranslation(statement.name)
    case "tproxy":
      return "tproxy" + (value["family"]?.text.map { " \($0)" } ?? "") + " to \(value.nftEndpoint)"
    case "mangle":
      let key = value["key"] ?? .null
      return "\(key.nftExpression) set \(value["value"]?.nftExpression ?? "")"
    case "vmap":
      let key = value["key"] ?? .null
      return "\(key.nftExpression) vmap \(value["data"]?.nftRight(key.valueKinds) ?? "")"
    case "reject":
      let reason = [value["type"]?.text, value["expr"]?.text].compactMap(\.self)
      return reason.isEmpty ? "reject" : "reject with \(reason.joined(separator: " "))"
    case "queue": return value["num"].map { "queue to \($0.nftExpression)" } ?? "queue"
    case "log":
      let prefix = value["prefix"]?.text.map { " prefix \"\($0)\"" } ?? ""
      return "log" + prefix + (value["level"]?.text.map { " level \($0)" } ?? "")
    case "limit":
      let per = "\(value["rate"]?.text ?? "")/\(value["per"]?.text ?? "")"
      return "limit rate \(value["inv"] == .bool(true) ? "over " : "")\(per)"
    case "xt": return "xt \(value["type"]?.text ?? "") \(value["name"]?.text ?? "")"
    default: return statement.name
    }
  }

  private var nftCounter: String {
    guard let packets = self["packets"]?.text, let bytes = self["bytes"]?.text else { return "counter" }
    return "counter packets \(packets) bytes \(bytes)"
  }

  private func nftPort(_ prefix: String) -> String {
    self["port"].map { " \(prefix):\($0.nftExpression)" } ?? ""
  }

  private var nftFlags: String {
    self["flags"].map { " " + $0.list.compactMap(\.text).joined(separator: ",") } ?? ""
  }

  /// Address and port of a translation: `10.0.0.1:80`.
  private var nftEndpoint: String {
    let host = self["addr"]?.nftExpression ?? ""
    let port = self["port"].map { ":\($0.nftExpression)" } ?? ""
    return host.contains(":") && !port.isEmpty ? "[\(host)]\(port)" : host + port
  }

  private func nftTranslation(_ name: String) -> String {
    let family = self["family"]?.text.map { " \($0)" } ?? ""
    return "\(name)\(family) to \(nftEndpoint)\(nftFlags)"
  }

  private var nftMatch: String {
    let left = self["left"] ?? .null
    let right = self["right"]?.nftRight(left.valueKinds) ?? ""
    let name = self["op"]?.text ?? "=="
    let isMasked = left.single?.name == "&"
    let isPlain = name == "in" || name == "==" && !isMasked
    return "\(left.nftExpression) \(isPlain ? "" : "\(name) ")\(right)"
  }

  /// The kinds of an expression's values, which decide whether a word is quoted.
  fileprivate var valueKinds: [NftValueKind] {
    var cursor = NftCursor(NftToken.tokens(of: nftExpression)[...])
    return cursor.takeKeys()?.map(\.kind) ?? []
  }
}
