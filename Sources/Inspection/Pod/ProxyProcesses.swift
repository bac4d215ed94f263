public import Intercept

/// The mesh proxy's processes in a pod: Envoy and pilot-agent.
///
/// A process is the proxy's if it has the proxy's user and listens on one of Istio's ports, or is an ancestor or a
/// descendant of such a process; or if it has one of the names `envoy` and `pilot-agent`. With TPROXY, the injector runs
/// the proxy as root.
public struct ProxyProcesses: Hashable, Sendable {
  public let users: Set<UserID>
  /// The ids of the processes.
  public let ids: Set<Int32>
  /// Processes with the proxy's user or group that are not the proxy's.
  public let impostors: [NamespaceProcess]

  public init(
    _ configuration: Configuration, _ listeners: [ListeningSocket], _ processes: [NamespaceProcess]
  ) {
    let isRoot = configuration.interception != .redirect
    let users = Set(configuration.proxyUsers + (isRoot ? [.root] : []))
    let ports = Set(IstioPort.all(configuration, probePort: .validationProbe).map(\.port))
    let candidates = processes.filter { users.contains($0.user) }
    let holders = listeners.filter { ports.contains($0.port) && $0.user.map(users.contains) == true }
      .flatMap(\.processes).map(\.id)
    let named = candidates.filter { Self.names.contains($0.name) }.map(\.id)
    self.users = users
    ids = Self.family(of: Set(holders + named), among: candidates)
    impostors = processes.filter { [ids] process in
      let isLikeProxy =
        configuration.proxyUsers.contains(process.user) || configuration.proxyGroups.contains(process.group)
      return isLikeProxy && !ids.contains(process.id)
    }
  }

  /// The names of the proxy's programs.
  static let names = ["envoy", "pilot-agent"]

  /// The processes, their ancestors and their descendants.
  private static func family(of members: Set<Int32>, among candidates: [NamespaceProcess]) -> Set<Int32> {
    let parents = Dictionary(candidates.map { ($0.id, $0.parent) }) { first, _ in first }
    var all = members
    var next = Array(members.filter { parents[$0] != nil })
    while let id = next.popLast() {
      let children = candidates.filter { $0.parent == id }.map(\.id)
      let relatives = children + [parents[id]].compactMap(\.self).filter { parents[$0] != nil }
      for relative in relatives where all.insert(relative).inserted { next.append(relative) }
    }
    return all
  }

  /// True if the proxy owns a socket: its user is the proxy's, and no visible process of another program has it open.
  public func owns(user: UserID?, _ processes: [ListeningSocket.Process]) -> Bool {
    guard let user, users.contains(user) else { return false }
    return processes.isEmpty || processes.contains { ids.contains($0.id) }
  }
}

extension UserID {
  /// The superuser: 0.
  fileprivate static let root = UserID(known: 0)
}
