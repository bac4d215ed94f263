import Inspection
import Intercept

/// Istio's ports as JSON: the answer of `ports --format json`.
struct PortReportJSON: Encodable {
  let ok: Bool
  let ports: [EntryJSON]
  /// TCP listeners on other ports.
  let others: [ListenerJSON]

  init(_ report: PortReport) {
    ok = report.isFine
    ports = report.entries.map(EntryJSON.init)
    others = report.others.map(ListenerJSON.init)
  }
}

struct EntryJSON: Encodable {
  let port: UInt16
  let `protocol`: String
  /// `envoy`, `pilot-agent` or `unused`.
  let owner: String
  let purpose: String
  /// `always`, `never`, or the feature that the listener needs: `with DNS capture`.
  let expected: String
  let listeners: [ListenerJSON]
  let ok: Bool
  /// The faults of the port, a sentence each.
  let findings: [String]

  init(_ entry: PortReport.Entry) {
    port = entry.port.port.rawValue
    `protocol` = entry.port.proto.description
    owner = entry.port.owner.rawValue
    purpose = entry.port.purpose
    expected =
      switch entry.port.requirement {
      case .always: "always"
      case .onlyWith(let feature): "with \(feature)"
      case .never: "never"
      }
    listeners = entry.listeners.map(ListenerJSON.init)
    ok = entry.findings.isEmpty
    findings = entry.findings.map(\.words)
  }
}

struct ListenerJSON: Encodable {
  let address: String
  let port: UInt16
  /// Absent for a user without a number in this user namespace.
  let uid: UInt32?
  /// The families of the connections that it accepts.
  let families: [String]
  let processes: [ProcessJSON]

  init(_ socket: ListeningSocket) {
    address = socket.address.description
    port = socket.port.rawValue
    uid = socket.user?.rawValue
    families = IPFamily.allCases.filter(socket.takes).map(\.rawValue)
    processes = socket.processes.map { ProcessJSON(name: $0.name, pid: $0.id) }
  }
}

struct ProcessJSON: Encodable {
  let name: String
  let pid: Int32
}
