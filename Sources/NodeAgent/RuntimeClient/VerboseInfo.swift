import JSONText

/// The JSON text `info` of a verbose status, in the members that containerd and CRI-O share: the process of a sandbox,
/// and the OCI runtime specification.
struct VerboseInfo {
  private let info: JSONValue

  /// - Parameter text: the JSON text; nil or another text has no members.
  init(_ text: String?) {
    info = (text.flatMap { try? JSONReader.document(Array($0.utf8)).value }) ?? .null
  }

  private var specification: JSONValue? { info["runtimeSpec"] }

  var process: Int32? {
    guard let id = info["pid"].flatMap({ $0.number(Int32.self) }), id > 0 else { return nil }
    return id
  }

  /// The path of the network namespace; nil if the runtime names none.
  var networkNamespace: String? {
    let namespaces = specification?["linux"]?["namespaces"]?.items ?? []
    let network = namespaces.first { $0["type"]?.scalarText == "network" }
    return network?["path"]?.scalarText.flatMap { $0.isEmpty ? nil : $0 }
  }

  var arguments: [String] { specification?["process"]?["args"]?.items.compactMap(\.scalarText) ?? [] }

  /// The variables of the process; of a repeated one the last.
  var environment: [String: String] {
    let pairs = specification?["process"]?["env"]?.items.compactMap(\.scalarText) ?? []
    return pairs.reduce(into: [:]) { variables, pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    }
  }

  var user: UInt32? { specification?["process"]?["user"]?["uid"]?.number(UInt32.self) }
  var group: UInt32? { specification?["process"]?["user"]?["gid"]?.number(UInt32.self) }
}

extension JSONValue {
  /// The items of a list; none for another value.
  fileprivate var items: [JSONValue] {
    if case .list(let items) = self { items } else { [] }
  }

  /// A whole number in the range of its type; nil for another value.
  fileprivate func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    if case .whole(let number) = self { Number(exactly: number) } else { nil }
  }
}
