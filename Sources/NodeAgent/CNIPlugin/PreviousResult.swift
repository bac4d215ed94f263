import JSONText
public import NetworkValues

/// The result of the plugins before this one in the chain (`prevResult`), which is handed on unchanged.
public struct PreviousResult: Hashable, Sendable {
  /// The JSON object, byte by byte; nil if there is none.
  private let text: String?
  /// The addresses of the pod: `ips`, of any version of the specification.
  public let addresses: [IPAddress]

  /// - Parameter bytes: the configuration on standard input.
  /// - Throws: `CNIError` if `prevResult` is no result.
  init(in bytes: [UInt8]) throws(CNIError) {
    do {
      guard let member = try JSONReader.members(of: bytes).last(where: { $0.name == "prevResult" }) else {
        (text, addresses) = (nil, [])
        return
      }
      let part = Array(bytes[member.value])
      let tree = try JSONReader.document(part)
      guard tree.value != .null else {
        (text, addresses) = (nil, [])
        return
      }
      let result = try JSONObject(tree, as: "an object")
      addresses = try result.objects("ips").compactMap { try $0.string("address")?.addressOfBlock }
      text = String(decoding: part, as: UTF8.self)
    } catch let problem as FieldProblem {
      throw CNIError(.undecodable, "prevResult: \(problem.path.fromTop) \(problem.text)")
    } catch {
      throw CNIError(.undecodable, "prevResult cannot be read")
    }
  }

  /// The result to hand on: the same, or one without anything in it.
  public func result(_ version: CNIVersion) -> String {
    text ?? #"{"cniVersion":\#(version.rawValue.jsonString)}"#
  }
}

extension String {
  /// The address in `10.0.0.2/24`.
  fileprivate var addressOfBlock: IPAddress? {
    IPAddress(String(split(separator: "/", maxSplits: 1).first ?? ""))
  }
}
