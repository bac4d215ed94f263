import CRIInterface

extension PodSandbox {
  init(_ message: Runtime_V1_PodSandbox) {
    self.init(
      id: message.id, namespace: message.metadata.namespace, name: message.metadata.name,
      uid: message.metadata.uid, labels: message.labels,
      annotations: message.annotations.filter { $0.key.contains("istio.io/") })
  }
}

extension SandboxNetwork {
  init(_ message: Runtime_V1_PodSandboxStatusResponse) {
    guard message.status.linux.namespaces.options.network != .node else {
      self = .host
      return
    }
    guard let info = message.info["info"].flatMap({ SandboxInfo(json: $0) }) else {
      self = .unknown("the runtime's verbose status has no readable \"info\"")
      return
    }
    guard let path = info.networkNamespace else {
      self = .unknown("the sandbox's specification names no network namespace")
      return
    }
    let network = message.status.network
    let addresses = ([network.ip] + network.additionalIps.map(\.ip)).filter { !$0.isEmpty }
    let process = info.pid.flatMap { $0 > 0 ? $0 : nil }
    self = .pod(SandboxNamespace(path: path, process: process, addresses: addresses))
  }
}

extension PodContainer {
  init(_ message: Runtime_V1_ContainerStatusResponse) {
    let specification = message.info["info"].flatMap { ContainerInfo(json: $0) }?.runtimeSpec
    self.init(
      name: message.status.metadata.name, isRunning: message.status.state == .containerRunning,
      arguments: specification?.process?.args ?? [], environment: specification?.environment ?? [:],
      user: specification?.process?.user?.uid, group: specification?.process?.user?.gid)
  }
}
