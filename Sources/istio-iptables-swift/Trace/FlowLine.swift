import FoundationEssentials
import Intercept

/// One line of a flow file.
struct FlowLine {
  let described: DescribedFlow
  let expect: Expectation?

  /// - Parameters:
  ///   - listener: where the connection is taken to be delivered if the line does not say it.
  ///   - place: where the line stands, for messages.
  init(_ text: String, listener: String? = nil, at place: String) throws {
    do {
      let line = try JSONDecoder().decode(Fields.self, from: Data(text.utf8))
      var description = line.description
      description.listener = description.listener ?? listener
      described = try description.described()
      expect = try Expectation(line.expect, cluster: line.expectCluster)
    } catch let problem as OptionProblem {
      throw Failure("\(place): \(problem)")
    } catch {
      throw Failure("\(place): no JSON object of a connection: \(error.reason)")
    }
  }
}

/// The line as it is written; numbers may be given as text.
private struct Fields: Decodable {
  let direction: String?
  let to: String?
  let from: String?
  let uid: Scalar?
  let gid: Scalar?
  let noOwner: Bool?
  let interface: String?
  let udp: Bool?
  let mark: Scalar?
  let state: String?
  let sni: String?
  let alpn: Names?
  let appProtocol: String?
  let tls: Bool?
  let fromListener: Scalar?
  let expect: String?
  let expectCluster: String?

  var description: FlowDescription {
    FlowDescription(
      direction: direction, to: to, from: from, uid: uid?.text, gid: gid?.text, noOwner: noOwner ?? false,
      interface: interface, udp: udp ?? false, mark: mark?.text, state: state,
      greeting: GreetingDescription(sni: sni, alpn: alpn?.text, appProtocol: appProtocol, tls: tls ?? false),
      listener: fromListener?.text)
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

/// A text with commas, or several texts.
private struct Names: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = try (try? container.decode([String].self).joined(separator: ",")) ?? container.decode(String.self)
  }
}

extension Error {
  /// What is wrong with a JSON text, in one line.
  var reason: String {
    guard let error = self as? DecodingError else { return "\(self)" }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
      .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return (path.isEmpty ? "" : "\(path): ") + context.debugDescription
    @unknown default: return "\(error)"
    }
  }
}
