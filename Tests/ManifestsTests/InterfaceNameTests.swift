import Intercept
import TestSupport
import Testing

@testable import Manifests

/// Names of interfaces in annotations, which Istio's injector looks at from 1.30 on.
struct InterfaceNameTests {
  private static let annotations = [
    "traffic.sidecar.istio.io/excludeInterfaces", "traffic.sidecar.istio.io/kubevirtInterfaces",
    "istio.io/reroute-virtual-interfaces",
  ]

  @Test(
    arguments: annotations,
    [
      ("eth1", false), ("eth1,net-2.7_a", false), (" eth1 , eth2", false), ("", false),
      ("abcdefghijklmno", false),
      ("net+", true), ("eth1,", true), ("1eth", true), ("abcdefghijklmnop", true), ("eth:1", true),
      ("é", true),
    ])
  func names(_ annotation: String, _ list: (names: String, isRefused: Bool)) throws {
    let text = pod(annotations: #"{"\#(annotation)": "\#(list.names)"}"#)
    for release in [nil, IstioRelease(minor: 30)] {
      let rules = try Lint().findings(in: ObjectList(text), release: release).findings.map(\.rule)
      #expect(rules == (list.isRefused ? ["injection-refused"] : []))
    }
  }

  @Test(arguments: annotations, ["net+", "eth1,", "1eth"])
  func olderReleasesTakeThem(_ annotation: String, _ names: String) throws {
    let text = pod(annotations: #"{"\#(annotation)": "\#(names)"}"#)
    #expect(try Lint().findings(in: ObjectList(text), release: IstioRelease(minor: 29)).findings.isEmpty)
  }

  @Test func thePodsOptionsWarn() throws {
    let list = try ObjectList(pod(annotations: #"{"traffic.sidecar.istio.io/excludeInterfaces": "net+"}"#))
    #expect(
      try list.podOptions(named: nil, in: MeshValues()).warnings == [
        "Pod app/web: traffic.sidecar.istio.io/excludeInterfaces: 'net+': the injector wants names with commas "
          + "between, like eth1,net-2; as it is, it refuses the pod"
      ])
    let older = try #require(IstioRelease(minor: 29))
    #expect(try list.podOptions(named: nil, in: MeshValues(), release: older).warnings == [])
  }
}
