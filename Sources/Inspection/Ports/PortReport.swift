public import Intercept
import TextOutput

/// Istio's ports and their listeners.
public struct PortReport: Hashable, Sendable {
  /// A port, its listeners, and their problems.
  public struct Entry: Hashable, Sendable {
    public let port: IstioPort
    public let listeners: [ListeningSocket]
    public let findings: [PortFinding]
  }

  /// Istio's ports, ascending.
  public let entries: [Entry]
  /// TCP listeners on all other ports, ascending.
  public let others: [ListeningSocket]

  /// True if no port has a problem.
  public var isFine: Bool { entries.allSatisfy(\.findings.isEmpty) }

  /// Compares the listeners with the ports that a configuration needs.
  ///
  /// - Parameters:
  ///     - configuration: the configuration of the rules.
  ///     - probePort: the port that validation uses (`--iptables-probe-port`).
  ///     - listeners: all listening TCP and bound UDP sockets of the namespace.
  ///     - host: the addresses of the namespace, if they are known.
  public init(
    _ configuration: Configuration, probePort: Port, _ listeners: [ListeningSocket],
    in host: HostContext = HostContext()
  ) {
    entries = IstioPort.all(configuration, probePort: probePort).map { port in
      let present = port.listeners(among: listeners)
      return Entry(
        port: port, listeners: present.distinct, findings: port.findings(present, configuration, host))
    }
    let proxyListeners = Set(entries.map(\.port.port))
    others =
      listeners.filter { $0.proto == .tcp && !proxyListeners.contains($0.port) }
      .sorted { ($0.port, $0.address.bits) < ($1.port, $1.address.bits) }.distinct
  }
}

extension PortReport {
  /// One paragraph for each port: status, purpose and owner, listeners, problems.
  public var text: String {
    let ports = entries.map(\.text).joined()
    guard !others.isEmpty else { return ports }
    return ports + "\nother listeners\n"
      + others.map { "      " + $0.port.column($0.proto) + $0.words + "\n" }.joined()
  }
}

extension PortReport.Entry {
  fileprivate var text: String {
    // Foreign sockets are listed by the findings.
    let proxyListeners = listeners.filter { !findings.contains(.foreignProcess($0)) }
    let lines = proxyListeners.map(\.words) + findings.map(\.words) + (findings.isEmpty ? notes : [])
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
    case .onlyWith(let feature): return ["unused (needed only with \(feature))"]
    }
  }

  private var margin: String { String(repeating: " ", count: 17) }
}

extension Port {
  /// `15001/tcp  `, padded to a fixed width.
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
    case .unused: purpose
    }
  }
}

extension ListeningSocket {
  /// `0.0.0.0, uid 1337: envoy (3555)`.
  public var words: String {
    let owner = user.map { "uid \($0)" } ?? "unknown user"
    let names = processes.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    return "\(address)\(scope), \(owner)" + (names.isEmpty ? "" : ": \(names)")
  }

  private var scope: String {
    takes(.ipv4) && takes(.ipv6) ? " (IPv4 too)" : ""
  }
}

extension PortFinding {
  /// The problem in one line.
  public var words: String {
    switch self {
    case .noListener: "no listener, but the port needs one"
    case .foreignProcess(let socket):
      "not the proxy: \(socket.words); Istio reserves this port, let the app use another"
    case .missingFamily(let family): "no listener for \(family) connections, which the rules send here"
    case .partialBind: "not bound to every address at which connections arrive"
    case .notTransparent: "the socket lacks IP_TRANSPARENT, so packets from TPROXY are dropped"
    }
  }
}
