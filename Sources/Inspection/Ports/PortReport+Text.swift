public import Intercept
import TextOutput

extension PortReport {
  /// A paragraph for each port: how it stands, what it is for and whose it is, who listens, what is wrong.
  public var text: String {
    let ports = entries.map(\.text).joined()
    guard !others.isEmpty else { return ports }
    return ports + "\nother listeners\n"
      + others.map { "      " + $0.port.column($0.proto) + $0.words + "\n" }.joined()
  }
}

extension PortReport.Entry {
  fileprivate var text: String {
    // Of strangers the findings tell.
    let own = listeners.filter { !findings.contains(.foreignProcess($0)) }
    let lines = own.map(\.words) + findings.map(\.words) + (findings.isEmpty ? notes : [])
    return mark + port.port.column(port.proto) + port.words + "\n"
      + lines.map { $0.wrapped(margin, indent: margin + "  ") }.joined()
  }

  private var mark: String {
    if !findings.isEmpty { return "WRONG " }
    return listeners.isEmpty ? "-     " : "ok    "
  }

  private var notes: [String] {
    guard listeners.isEmpty else { return [] }
    switch port.requirement {
    case .always, .never: return []
    case .onlyWith(let feature): return ["nobody listens; somebody would only with \(feature)"]
    }
  }

  private var margin: String { String(repeating: " ", count: 17) }
}

extension Port {
  /// `15001/tcp  `, as wide for every port.
  fileprivate func column(_ proto: IPProtocol) -> String {
    let text = "\(self)/\(proto)"
    return text + String(repeating: " ", count: max(1, 11 - text.count))
  }
}

extension IstioPort {
  /// `outbound connections (envoy)`.
  public var words: String {
    switch owner {
    case .envoy, .agent: "\(purpose) (\(owner.rawValue))"
    case .nobody: purpose
    }
  }
}

extension ListeningSocket {
  /// `0.0.0.0, uid 1337: envoy (3555)`.
  public var words: String {
    let owner = user.map { "uid \($0)" } ?? "a user unknown here"
    let names = processes.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    return "\(address)\(scope), \(owner)" + (names.isEmpty ? "" : ": \(names)")
  }

  private var scope: String {
    takes(.ipv4) && takes(.ipv6) ? " (IPv4 too)" : ""
  }
}

extension PortFinding {
  /// What is wrong, in one line.
  public var words: String {
    switch self {
    case .nobodyListens: "nobody listens here, and somebody should"
    case .foreignProcess(let socket):
      "not the proxy's: \(socket.words); the port is Istio's, let the app listen elsewhere"
    case .missingFamily(let family): "nobody takes \(family) connections, and the rules send them here"
    case .partialBind: "not all addresses are listened on to which connections come"
    case .notTransparent: "the socket lacks IP_TRANSPARENT, so TPROXY's packets for it are dropped"
    }
  }
}
