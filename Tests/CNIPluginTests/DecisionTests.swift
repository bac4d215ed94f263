import Testing

@testable import CNIPlugin

/// The cases of Istio's plugin by the names of its tests (`cni/pkg/plugin/plugin_test.go`).
struct DecisionTests {
  private static let ambient = #"""
    ,"ambient_enabled":true,"agent_socket":"/agent","enablement_selectors":[
      {"podSelector":{"matchLabels":{"istio.io/dataplane-mode":"ambient"}}},
      {"podSelector":{"matchExpressions":[{"key":"istio.io/dataplane-mode","operator":"NotIn","values":["none"]}]},
       "namespaceSelector":{"matchLabels":{"istio.io/dataplane-mode":"ambient"}}}]
    """#

  private let node = FakeNode()

  /// Returns the last message of the log.
  private func message(_ request: SampleRequest, agent: String? = nil) throws -> String {
    node.agentAnswer = agent
    let (answer, run) = request.run(on: node)
    #expect(answer.status == 0)
    #expect(answer.text == request.previousResult)
    return try #require(run.messages.last).text
  }

  private func skips(_ reason: SkipReason, _ request: SampleRequest, agent: String? = nil) throws -> Bool {
    let text = try message(request, agent: agent)
    return node.installed.isEmpty && text.hasSuffix("no rules: \(reason)")
  }

  @Test(arguments: [
    (#"{"namespaceLabels":{"istio.io/dataplane-mode":"ambient"}}"#, true),
    (#"{"labels":{"istio.io/dataplane-mode":"ambient"}}"#, true),
    (
      #"{"labels":{"istio.io/dataplane-mode":"none"},"namespaceLabels":{"istio.io/dataplane-mode":"ambient"}}"#,
      false
    ),
    (#"{"containers":["app","istio-proxy"],"namespaceLabels":{"istio.io/dataplane-mode":"ambient"}}"#, true),
    (#"{}"#, false),
  ])
  func cmdAddAmbientEnabledOnNS(agent: String, isAmbient: Bool) throws {
    #expect(
      try skips(isAmbient ? .ambient : .notInjected, SampleRequest([:], more: Self.ambient), agent: agent))
  }

  @Test func cmdAddPodWithProxySidecarAmbientEnabledNS() throws {
    let agent =
      #"{"containers":["app","istio-proxy"],"namespaceLabels":{"istio.io/dataplane-mode":"ambient"}}"#
    let request = SampleRequest(["sidecar.istio.io/status": "true"], more: Self.ambient)
    _ = try message(request, agent: agent)
    #expect(node.installed.count == 1)
  }

  @Test func cmdAddPodInExcludedNamespace() throws {
    var request = SampleRequest(["sidecar.istio.io/status": injected], more: Self.ambient)
    request.namespace = "testExcludeNS"
    #expect(try skips(.excludedNamespace("testExcludeNS"), request))
    #expect(node.asked.isEmpty)
  }

  @Test func kubeSystemIsExcludedByDefault() throws {
    let input = Array(#"{"cniVersion":"1.0.0"}"#.utf8)
    #expect(try PluginConfiguration(input).excludedNamespaces == ["kube-system"])
    let none = Array(#"{"cniVersion":"1.0.0","exclude_namespaces":[]}"#.utf8)
    #expect(try PluginConfiguration(none).excludedNamespaces.isEmpty)
    let old = Array(#"{"cniVersion":"0.3.1","kubernetes":{"exclude_namespaces":["a","b"]}}"#.utf8)
    #expect(try PluginConfiguration(old).excludedNamespaces == ["a", "b"])
  }

  @Test func cmdAddTwoContainersWithAnnotation() throws {
    let request = SampleRequest(["sidecar.istio.io/inject": "false", "sidecar.istio.io/status": injected])
    #expect(try skips(.injectionDisabled, request))
  }

  @Test func labelPrecedesAnnotation() throws {
    let annotations = ["sidecar.istio.io/inject": "true", "sidecar.istio.io/status": injected]
    let request = SampleRequest(annotations, more: #","agent_socket":"/agent""#)
    let agent = #"{"labels":{"sidecar.istio.io/inject":"false"}}"#
    #expect(try skips(.injectionDisabled, request, agent: agent))
  }

  @Test func cmdAddTwoContainers() throws {
    _ = try message(SampleRequest(["sidecar.istio.io/status": "true"]))
    #expect(node.installed.count == 1)
  }

  @Test func cmdAddTwoContainersWithoutSideCar() throws {
    #expect(try skips(.notInjected, SampleRequest([:])))
  }

  @Test func cmdAddExcludePodWithIstioInitContainer() throws {
    let status = #"{"initContainers":["istio-init"],"containers":["istio-proxy"]}"#
    #expect(try skips(.initContainer, SampleRequest(["sidecar.istio.io/status": status])))
  }

  @Test func cmdAddExcludePodWithEnvoyDisableEnv() throws {
    let request = SampleRequest(
      ["sidecar.istio.io/status": injected], more: #","agent_socket":"/agent""#)
    let agent =
      #"{"containers":["app","istio-proxy"],"proxy":{"environment":{"DISABLE_ENVOY":"true"}}}"#
    #expect(try skips(.envoyDisabled, request, agent: agent))
  }

  @Test func podsWithoutProxy() throws {
    let status = #"{"initContainers":["istio-validation"],"containers":["other"]}"#
    #expect(try skips(.noProxy, SampleRequest(["sidecar.istio.io/status": status])))
  }

  @Test func gatewaysAreKnownByTemplateAndByAgent() throws {
    let template = ["sidecar.istio.io/status": injected, "inject.istio.io/templates": "gateway"]
    #expect(try skips(.otherProxyType("gateway"), SampleRequest(template)))
    let request = SampleRequest(["sidecar.istio.io/status": injected], more: #","agent_socket":"/agent""#)
    #expect(try skips(.otherProxyType("router"), request, agent: #"{"proxy":{"type":"router"}}"#))
  }

  @Test func interceptionModeNone() throws {
    let annotations = ["sidecar.istio.io/status": injected, "sidecar.istio.io/interceptionMode": "NONE"]
    #expect(try skips(.noInterception, SampleRequest(annotations)))
  }

  @Test func ownAgentPodDoesNotWaitForItself() throws {
    var request = SampleRequest(
      ["sidecar.istio.io/status": injected], more: #","pod_namespace":"istio-system","agent_socket":"/agent""#
    )
    (request.namespace, request.name) = ("istio-system", "istio-cni-node-x7k2p")
    #expect(try skips(.ownAgent, request))
    #expect(node.asked.isEmpty)
    request.namespace = "other"
    _ = try message(request)
    #expect(node.installed.count == 1)
  }

  @Test func requestsWithoutKubernetesArguments() throws {
    var request = SampleRequest(["sidecar.istio.io/status": injected])
    request.variables["CNI_ARGS"] = ""
    #expect(try skips(.notKubernetes, request))
  }

  @Test func orderOfConditions() throws {
    let status = #"{"initContainers":["istio-init"],"containers":["other"]}"#
    let annotations = ["sidecar.istio.io/status": status, "sidecar.istio.io/inject": "false"]
    #expect(try skips(.initContainer, SampleRequest(annotations)))
    let request = SampleRequest(
      ["sidecar.istio.io/inject": "false", "inject.istio.io/templates": "gateway"])
    #expect(try skips(.otherProxyType("gateway"), request))
  }

  @Test func podsThatAreNotInjectedCauseNoQuestion() throws {
    #expect(try skips(.notInjected, SampleRequest([:], more: #","agent_socket":"/agent""#)))
    #expect(node.asked.isEmpty)
  }

  /// A runtime without the capability hands over nothing; the agent may know the pod.
  @Test func annotationsOfTheAgent() throws {
    var request = SampleRequest()
    request.annotations = nil
    request.more = #","agent_socket":"/agent""#
    _ = try message(request, agent: #"{"annotations":{"sidecar.istio.io/status":"{}"}}"#)
    #expect(node.installed.count == 1)
  }

  @Test func nullAnnotations() throws {
    var request = SampleRequest()
    request.annotations = "null"
    #expect(try skips(.notInjected, request))
  }

  /// `kubectl apply` keeps the whole manifest in one annotation; what it quotes is no annotation of the pod.
  @Test func lastAppliedManifest() throws {
    let manifest = #"{"metadata":{"annotations":{"sidecar.istio.io/status":"{}"}},"x":"\#("\\u00e9\t")"}"#
    let request = SampleRequest(["kubectl.kubernetes.io/last-applied-configuration": manifest])
    #expect(try skips(.notInjected, request))
  }
}
