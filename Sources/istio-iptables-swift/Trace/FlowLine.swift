import FoundationEssentials
import Intercept

/// One line of a flow file.
struct FlowLine {
  let flow: Flow
  let expect: Expectation?

  /// - Parameter place: where the line stands, for messages.
  init(_ text: String, at place: String) throws {
    do {
      let line = try JSONDecoder().decode(Fields.self, from: Data(text.utf8))
      flow = try line.description.flow()
      expect = try line.expect.map { text in
        guard let expectation = Expectation(text) else {
          throw OptionProblem("expect: '\(text)': give a verdict, like accept or redirect:15001")
        }
        return expectation
      }
    } catch let problem as OptionProblem {
      throw Failure("\(place): \(problem)")
    } catch {
      throw Failure("\(place): no JSON object of a connection: \(error.reason)")
    }
  }
}

/// What a connection should come to: a verdict, and a port where it matters.
struct Expectation {
  let text: String
  private let word: String
  private let port: Port?

  init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard ["accept", "redirect", "tproxy", "drop", "unknown"].contains(parts[0]) else { return nil }
    port = parts.count == 2 ? Port(parts[1]) : nil
    guard parts.count == 1 || port != nil else { return nil }
    word = parts[0]
    self.text = text
  }

  func isFulfilled(by trace: Trace) -> Bool {
    trace.verdict.word == word && (port == nil || port == trace.port)
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
  let expect: String?

  var description: FlowDescription {
    FlowDescription(
      direction: direction, to: to, from: from, uid: uid?.text, gid: gid?.text, noOwner: noOwner ?? false,
      interface: interface, udp: udp ?? false, mark: mark?.text, state: state)
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
