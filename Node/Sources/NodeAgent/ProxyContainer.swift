import ContainerRuntime

extension [PodContainer] {
  /// The proxy of Istio's sidecar; nil if its container does not exist yet.
  var proxy: PodContainer? { first { $0.name == "istio-proxy" } }
}

extension PodContainer {
  /// The proxy's role: the argument after `proxy`.
  var proxyType: String? {
    arguments.firstIndex(of: "proxy").flatMap { index in
      arguments.indices.contains(index + 1) ? arguments[index + 1] : nil
    }
  }
}
