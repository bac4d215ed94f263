import FoundationEssentials
import Testing

@testable import KubernetesAPI

struct PodObjectTests {
  private func pod(_ spec: String, _ metadata: String = "") throws -> PodObject {
    try PodObject(json: Data(#"{"metadata":{"uid":"u"\#(metadata)},"spec":\#(spec)}"#.utf8))
  }

  @Test func containersThatInitializeThePodAreContainersToo() throws {
    let pod = try pod(
      #"{"initContainers":[{"name":"istio-init"}],"containers":[{"name":"app"},{"name":"istio-proxy"}]}"#)
    #expect(pod.containers.map(\.name) == ["istio-init", "app", "istio-proxy"])
  }

  @Test func theUserOfAContainerPrecedesThatOfThePod() throws {
    let pod = try pod(
      #"""
      {"securityContext":{"runAsUser":1000,"runAsGroup":2000},
       "containers":[{"name":"app"},{"name":"istio-proxy","securityContext":{"runAsUser":1337}}]}
      """#)
    #expect(pod.containers.map(pod.user) == [1000, 1337])
    #expect(pod.containers.map(pod.group) == [2000, 2000])
  }

  @Test func variablesFromOtherSourcesHaveNoValue() throws {
    let pod = try pod(
      #"""
      {"containers":[{"name":"istio-proxy","args":["proxy","sidecar"],"env":[
        {"name":"A","value":"1"},{"name":"A","value":"2"},{"name":"POD_NAME","valueFrom":{}}]}]}
      """#)
    #expect(pod.containers.first?.environment == ["A": "2"])
    #expect(pod.containers.first?.args == ["proxy", "sidecar"])
  }

  @Test func labelsAndAnnotationsMayBeAbsent() throws {
    let spec = #"{"containers":[]}"#
    #expect(try pod(spec).metadata.labels == nil)
    #expect(try pod(spec, #","labels":{"a":"b"}"#).metadata.labels == ["a": "b"])
  }
}
