import Intercept

extension [PodOption] {
  /// The options with which Istio's CNI plugin installs the rules, in place of the injector's: the plugin excludes Istio's
  /// own ports after the listed ones, and the agent's port outbound if no other is listed.
  var ofPlugin: [PodOption] {
    var plugins = map { option in
      option.option == .excludedInboundPorts
        ? PodOption(option.option, Self.excludedInboundPorts(option.text), option.sources) : option
    }
    if !contains(where: { $0.option == .excludedOutboundPorts }) {
      plugins.append(PodOption(.excludedOutboundPorts, Port.agentStatus.description, [.injector]))
    }
    return plugins
  }

  /// Moves the ports that the injector writes first to the end, where the plugin has them.
  private static func excludedInboundPorts(_ list: String) -> String {
    let own = [Port.agentStatus, .envoyReadiness, .envoyMetrics].map(\.description)
    let listed = list.split(separator: ",").map { String($0).trimmingBlanks() }
    let first = listed.prefix { [own[1], own[2]].contains($0) }
    return (listed.dropFirst(first.count) + own).reduce(into: [String]()) { ports, port in
      if !ports.contains(port) { ports.append(port) }
    }.joined(separator: ",")
  }
}
