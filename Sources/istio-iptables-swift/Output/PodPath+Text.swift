import Intercept
import TextOutput

extension PodPath {
  /// The path in the layout of a trace.
  func text(_ style: TextStyle, isBrief: Bool) -> String {
    let head = "TO \(pod)" + (endpoint.map { " at \($0)" } ?? "")
    var text = "\n" + head.wrapped(indent: "  ").coloured(.heading, style)
    for leg in legs {
      text += "\n" + "\(leg.title):\n".coloured(.heading, style) + leg.traced.text(style, isBrief: isBrief)
    }
    if let security { text += "\n" + security.sentence.wrapped(indent: "  ").coloured(.note, style) }
    return text + "\n" + summary.wrapped().coloured(.end, style)
  }

  /// The end in one sentence.
  var summary: String {
    switch end {
    case .accepted(let address): "the app of \(pod) accepts the connection on \(address)"
    case .fails(let reason): "the connection does not reach the app of \(pod): \(reason)"
    case .elsewhere(let reason): reason
    case .unknown(let reason): "unknown: \(reason)"
    }
  }
}

extension PodPath.Security {
  /// Both sides in one sentence.
  var sentence: String {
    let sent =
      switch client {
      case .none: "plain text"
      case .simple: "TLS"
      case .mutual: "mutual TLS"
      }
    let reason = clientReason.map { " (\($0))" } ?? ""
    let accepted = server.map { "accepts \($0.rawValue)" } ?? "accepts an unknown form"
    let object = serverObject.map { " (\($0))" } ?? ""
    let result =
      switch fits {
      case true?: "they fit"
      case false?: "they DO NOT FIT"
      case nil: "the result depends on the app"
      }
    return "mTLS: the client sends \(sent)\(reason); the other pod \(accepted)\(object): \(result)"
  }
}
