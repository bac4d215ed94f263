import FoundationEssentials
import Intercept
import TextOutput

extension DescribedFlow {
  /// A line of JSON with a connection, and its expected result.
  package struct Line {
    package let described: DescribedFlow
    /// The expected verdict, with or without a port.
    package let expect: String?
    package let expectCluster: String?

    /// Reads a line.
    ///
    /// - Parameter listener: the port where a line starts that names none.
    /// - Throws: `DecodingError`, `OptionProblem` or `InvalidOptions`.
    package init(_ text: String, listener: String? = nil) throws {
      let fields = try FlowFields.read(text)
      let (options, direction) = fields.options(listener: listener)
      var reader = OptionReader(options)
      let described = DescribedFlow(reading: &reader, direction: direction)
      try reader.finish()
      guard let described else { throw OptionProblem("the connection is incomplete") }
      self.described = described
      expect = fields.expect
      expectCluster = fields.expectCluster
    }
  }
}

/// The fields of a line of JSON; numbers may be texts.
private struct FlowFields {
  private let direction: String?
  private let to: String?
  private let from: String?
  private let uid: Scalar?
  private let gid: Scalar?
  private let noOwner: Bool?
  private let interface: String?
  private let outInterface: String?
  private let udp: Bool?
  private let mark: Scalar?
  private let state: String?
  private let sni: String?
  private let alpn: Names?
  private let appProtocol: String?
  private let tls: Bool?
  private let httpHost: String?
  private let httpPath: String?
  private let httpMethod: String?
  private let httpHeader: Names?
  private let fromListener: Scalar?
  let expect: String?
  let expectCluster: String?

  /// The fields as the options of the same names, and the direction.
  ///
  /// - Parameter listener: the port where a line starts that names none.
  func options(listener: String?) -> (options: Options, direction: String?) {
    let texts: [(OptionName, String?)] = [
      (.to, to), (.from, from), (.uid, uid?.text), (.gid, gid?.text), (.noOwner, noOwner?.description),
      (.interface, interface), (.outInterface, outInterface), (.udp, udp?.description), (.mark, mark?.text),
      (.state, state), (.sni, sni),
      (.alpn, alpn?.values.joined(separator: ",")), (.appProtocol, appProtocol), (.tls, tls?.description),
      (.httpHost, httpHost), (.httpPath, httpPath), (.httpMethod, httpMethod),
      (.fromListener, fromListener?.text ?? listener),
    ]
    var given = GivenOptions()
    for (option, text) in texts {
      given[option] = text.map { Options.Given(name: option.spelling, text: $0) }
    }
    for header in httpHeader?.values ?? [] {
      given.add(Options.Given(name: OptionName.httpHeader.spelling, text: header), for: .httpHeader)
    }
    return (Options(flags: given, for: .trace), direction)
  }
}

extension FlowFields: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case direction, to, from, uid, gid, noOwner, interface, outInterface, udp, mark, state, sni, alpn,
      appProtocol, tls
    case httpHost, httpPath, httpMethod, httpHeader, fromListener, expect, expectCluster
  }

  /// Decodes a line. Unknown fields are rejected, so that a misspelt `expect` cannot pass silently.
  static func read(_ text: String) throws -> FlowFields {
    let data = Data(text.utf8)
    let known = CodingKeys.allCases.map(\.rawValue)
    let names = try JSONDecoder().decode(JSONMemberNames.self, from: data).names
    if let unknown = names.sorted().first(where: { !known.contains($0) }) {
      throw OptionProblem(
        "\(unknown.quotedForMessage) is no field of a connection; there are \(known.joined(separator: ", "))")
    }
    return try JSONDecoder().decode(FlowFields.self, from: data)
  }
}

/// The names of an object's members.
private struct JSONMemberNames: Decodable {
  let names: [String]

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue)
  }
}

/// A number or a text.
private struct Scalar: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = try (try? container.decode(Int.self).description) ?? container.decode(String.self)
  }
}

/// One text, or several.
private struct Names: Decodable {
  let values: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    values = try (try? container.decode([String].self)) ?? [container.decode(String.self)]
  }
}
