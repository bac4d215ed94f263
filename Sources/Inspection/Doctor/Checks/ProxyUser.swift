import Intercept

/// Programs that run with the proxy's user or group: the rules take their connections for the proxy's.
enum ProxyUser: DoctorCheck {
  static let name = "runs-as-proxy"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let processes = pod.proxy?.impostors ?? []
    // Before the proxy listens, its processes are not distinguishable from others without sockets.
    guard !processes.isEmpty, pod.proxy?.ids.isEmpty == false || !sockets(pod, processes).isEmpty else {
      return []
    }
    let names = excerpt(processes.map { "\($0.name) (\($0.id))" }).joined(separator: ", ")
    let evidence = processes.map { "\($0.name) (\($0.id)): uid \($0.user), gid \($0.group)" }
    return [
      error(
        "\(names): runs with the proxy's user or group, so its outbound connections are not captured",
        why: excerpt(evidence) + excerpt(sockets(pod, processes)),
        remedy: remedy(pod.configuration, processes))
    ]
  }

  private static func remedy(_ configuration: Configuration?, _ processes: [NamespaceProcess]) -> String {
    let users = (configuration?.proxyUsers ?? []).filter { user in processes.contains { $0.user == user } }
    let groups = (configuration?.proxyGroups ?? []).filter { group in processes.contains { $0.group == group }
    }
    let fields = (users.isEmpty ? [] : ["runAsUser"]) + (groups.isEmpty ? [] : ["runAsGroup"])
    let values = (users.map(\.description) + groups.map(\.description)).distinct
    return "set another \(fields.joined(separator: " and ")) in the container's securityContext; "
      + "\(values.joined(separator: " and ")) \(values.count == 1 ? "is" : "are") the proxy's"
  }

  private static func sockets(_ pod: Examination, _ processes: [NamespaceProcess]) -> [String] {
    let ids = Set(processes.map(\.id))
    let listening = pod.facts.listeners.filter { $0.processes.contains { ids.contains($0.id) } }.map {
      "listens on \($0.port)/\($0.proto)"
    }
    let connected = pod.connections.filter { connection in
      connection.direction == .outbound && connection.path == .direct
        && connection.processes.contains { ids.contains($0.id) }
    }.map { "connected to \($0.destination)" }
    return listening + connected
  }
}
