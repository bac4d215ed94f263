extension JSONNode {
  /// An expression of libnftables' JSON in the syntax of `nft`.
  var nftExpression: String { nftExpression(depth: 0) }

  private func nftExpression(depth: Int) -> String {
    // Deeper expressions do not occur; their text is not modelled.
    guard depth < 8 else { return "" }
    switch self {
    case .string(let text), .number(let text): return text
    case .array(let values): return values.map { $0.nftExpression(depth: depth + 1) }.joined(separator: ",")
    case .bool(let isTrue): return isTrue ? "exists" : "missing"
    case .null: return ""
    case .object: break
    }
    guard let expression = single else { return "" }
    let value = expression.value
    let parts = value.list.map { $0.nftExpression(depth: depth + 1) }
    switch expression.name {
    case "meta", "ct": return value.nftField(of: expression.name)
    case "payload": return value.nftPayload
    case "fib":
      return "fib \(value["flags"]?.list.compactMap(\.text).joined(separator: " . ") ?? "") "
        + (value["result"]?.text ?? "")
    case "concat": return parts.joined(separator: " . ")
    case "range": return parts.joined(separator: "-")
    case "prefix": return "\(value["addr"]?.text ?? "")/\(value["len"]?.text ?? "")"
    case "set": return "{ \(value.list.map { $0.nftElement([]) }.joined(separator: ", ")) }"
    case "map":
      let key = value["key"]?.nftExpression(depth: depth + 1) ?? ""
      return "\(key) map \(value["data"]?.nftExpression(depth: depth + 1) ?? "")"
    case "&":
      return parts.count == 2 && value.list[1].text == nil
        ? "\(parts[0]) & (\(parts[1]))"
        : parts.joined(separator: " & ")
    case "|", "^", "<<", ">>": return parts.joined(separator: " \(expression.name) ")
    case "accept", "drop", "continue", "return", "jump", "goto": return nftStatement
    default: return expression.name
    }
  }

  private func nftField(of object: String) -> String {
    let words = [self["dir"]?.text, self["family"]?.text, self["key"]?.text].compactMap(\.self)
    return "\(object) \(words.joined(separator: " "))"
  }

  private var nftPayload: String {
    guard let header = self["protocol"]?.text, let field = self["field"]?.text else {
      return "@\(self["base"]?.text ?? ""),\(self["offset"]?.text ?? ""),\(self["len"]?.text ?? "")"
    }
    return "\(header) \(field)"
  }

  /// The right side of a match, with the names of interfaces in quotes.
  func nftRight(_ kinds: [NftValueKind]) -> String {
    if case .object = self, let set = single, set.name == "set" {
      return "{ \(set.value.list.map { $0.nftElement(kinds) }.joined(separator: ", ")) }"
    }
    if case .array(let values) = self { return values.map(\.nftExpression).joined(separator: ",") }
    return nftValue(kinds)
  }

  private func nftValue(_ kinds: [NftValueKind]) -> String {
    if case .object = self, let parts = single, parts.name == "concat" {
      return zip(parts.value.list, kinds + Array(repeating: .other, count: parts.value.list.count))
        .map { $0.nftValue([$1]) }.joined(separator: " . ")
    }
    guard let text, kinds == [.interface], !text.hasPrefix("@") else { return nftExpression }
    return "\"\(text)\""
  }

  /// An element of a set, or a pair of key and data of a map.
  func nftElement(_ kinds: [NftValueKind]) -> String {
    if case .array(let pair) = self, pair.count == 2 {
      return "\(pair[0].nftElement(kinds)) : \(pair[1].nftExpression)"
    }
    if let element = single, element.name == "elem", let value = element.value["val"] {
      return value.nftElement(kinds)
    }
    return nftValue(kinds)
  }
}
