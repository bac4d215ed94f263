import Intercept

/// A proxy that runs as another user than the one that the rules exempt.
enum UnexemptProxy: DoctorCheck {
  static let name = "proxy-user"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration, let found = pod.unexemptProxy,
      let exempt = configuration.proxyUsers.first
    else { return [] }
    return [
      error(
        "the proxy runs as uid \(found.user), and the rules exempt uid \(exempt): they redirect the proxy's own "
          + "connections back to it, in a loop",
        why: excerpt(found.sockets.map { "port \($0.port): \($0.words)" }.distinct),
        remedy:
          "build the rules for the proxy's user: -u \(found.user); or run the proxy as theirs: runAsUser: "
          + "\(exempt) in its securityContext")
    ]
  }
}

extension Examination {
  /// The user and the sockets of the program that holds Istio's ports, if it has a name of the proxy's and neither the
  /// user nor the group that the rules exempt; nil if several users hold them.
  var unexemptProxy: (user: UserID, sockets: [ListeningSocket])? {
    guard let configuration else { return nil }
    let sockets = istioPorts.filter { $0.requirement != .never }.flatMap(listeners)
    let holders = sockets.flatMap(\.processes)
    let groups = facts.processes.filter { process in holders.contains { $0.id == process.id } }.map(\.group)
    guard let user = sockets.first?.user, sockets.allSatisfy({ $0.user == user }),
      proxy?.users.contains(user) == false, !groups.contains(where: configuration.proxyGroups.contains),
      !holders.isEmpty, holders.allSatisfy({ ProxyProcesses.names.contains($0.name) }),
      configuration.redirectionPorts.allSatisfy({ port in sockets.contains { $0.port == port } })
    else { return nil }
    return (user, sockets)
  }
}
