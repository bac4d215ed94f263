import FoundationEssentials
import Testing

@testable import KubernetesAPI

struct NodeObjectTests {
  private func node(_ taints: String) throws -> NodeObject {
    let text = #"{"metadata":{"name":"n","resourceVersion":"7"},"spec":{"podCIDR":"x"\#(taints)}}"#
    return try JSONDecoder().decode(NodeObject.self, from: Data(text.utf8))
  }

  @Test func onlyTaintsOfTheKeyAreRemoved() throws {
    let both = try node(
      #"""
      ,"taints":[{"key":"cni.istio.io/not-ready","effect":"NoSchedule"},
      {"key":"gpu","value":"yes","effect":"NoExecute","timeAdded":"2026-01-01T00:00:00Z"},
      {"key":"cni.istio.io/not-ready","value":"x","effect":"NoExecute"}]
      """#)
    let patch = try #require(both.removingTaint("cni.istio.io/not-ready"))
    #expect(patch.metadata.resourceVersion == "7")
    let rest = try #require(patch.spec.taints)
    #expect(rest.map(\.key) == ["gpu"] && rest.map(\.value) == ["yes"])
    #expect(rest.map(\.timeAdded) == ["2026-01-01T00:00:00Z"])
  }

  @Test(arguments: ["", #","taints":[]"#, #","taints":[{"key":"gpu","effect":"NoExecute"}]"#])
  func aNodeWithoutTheTaintNeedsNoPatch(taints: String) throws {
    #expect(try node(taints).removingTaint("cni.istio.io/not-ready") == nil)
  }
}
