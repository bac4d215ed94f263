import Intercept
import Manifests
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
    /// - Throws: `OptionProblem` or `InvalidOptions`.
    package init(_ text: String, listener: String? = nil) throws {
      do {
        try self.init(FlowFields(text), listener: listener)
      } catch let problem as FieldProblem {
        throw OptionProblem("\(problem.path.fromTop) \(problem.text)")
      }
    }

    private init(_ fields: FlowFields, listener: String?) throws {
      var reader = OptionReader(try fields.options(listener: listener))
      let described = DescribedFlow(reading: &reader, direction: try fields.text(.direction))
      try reader.finish()
      guard let described else { throw OptionProblem("the connection is incomplete") }
      self.described = described
      expect = try fields.text(.expect)
      expectCluster = try fields.text(.expectCluster)
    }
  }
}

/// The fields of a line of JSON; numbers may be texts.
private struct FlowFields {
  enum Name: String, CaseIterable {
    case direction, to, from, uid, gid, noOwner, interface, outInterface, udp, mark, state, sni, alpn,
      appProtocol, tls
    case httpHost, httpPath, httpMethod, httpHeader, fromListener, expect, expectCluster
  }

  private let json: JSONObject

  /// Unknown fields are rejected, so that a misspelt `expect` cannot pass silently.
  init(_ line: String) throws {
    json = try Self.object(line)
    let known = Name.allCases.map(\.rawValue)
    if let unknown = json.names.first(where: { !known.contains($0) }) {
      throw OptionProblem(
        "\(unknown.quotedForMessage) is no field of a connection; there are \(known.joined(separator: ", "))")
    }
    if let empty = json.names.first(where: { !json.has($0) }) {
      throw OptionProblem("\(empty) is null; give a value, or leave it out")
    }
  }

  private static func object(_ line: String) throws -> JSONObject {
    do {
      return try JSONObject(DocumentReader.json(line))
    } catch let error as ManifestError {
      throw OptionProblem("no JSON object of a connection: \(error)")
    } catch let problem as FieldProblem {
      throw OptionProblem("no JSON object of a connection: the text \(problem.text)")
    }
  }

  func text(_ name: Name) throws(FieldProblem) -> String? { try json.string(name.rawValue) }

  /// One text, or several.
  private func texts(_ name: Name) throws(FieldProblem) -> [String] {
    if case .string(let text) = json.value(name.rawValue) { [text] } else { try json.strings(name.rawValue) }
  }

  /// The fields as the options of the same names.
  ///
  /// - Parameter listener: the port where a line starts that names none.
  func options(listener: String?) throws(FieldProblem) -> Options {
    var given = GivenOptions()
    for (option, name) in Self.options {
      guard let text = try value(name) ?? (name == .fromListener ? listener : nil) else { continue }
      given[option] = Options.Given(name: option.spelling, text: text)
    }
    for header in try texts(.httpHeader) {
      given.add(Options.Given(name: OptionName.httpHeader.spelling, text: header), for: .httpHeader)
    }
    return Options(flags: given, for: .trace)
  }

  private static let options: [(OptionName, Name)] = [
    (.to, .to), (.from, .from), (.uid, .uid), (.gid, .gid), (.noOwner, .noOwner), (.interface, .interface),
    (.outInterface, .outInterface), (.udp, .udp), (.mark, .mark), (.state, .state), (.sni, .sni),
    (.alpn, .alpn), (.appProtocol, .appProtocol), (.tls, .tls), (.httpHost, .httpHost),
    (.httpPath, .httpPath), (.httpMethod, .httpMethod), (.fromListener, .fromListener),
  ]

  /// The text of an option's field.
  private func value(_ name: Name) throws(FieldProblem) -> String? {
    switch name {
    case .uid, .gid, .mark, .fromListener: try json.scalarText(name.rawValue)
    case .noOwner, .udp, .tls: try json.bool(name.rawValue)?.description
    case .alpn: json.has(name.rawValue) ? try texts(name).joined(separator: ",") : nil
    case .direction, .to, .from, .interface, .outInterface, .state, .sni, .appProtocol, .httpHost, .httpPath,
      .httpMethod, .httpHeader, .expect, .expectCluster:
      try text(name)
    }
  }
}
