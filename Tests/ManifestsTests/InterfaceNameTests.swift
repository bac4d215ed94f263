import Intercept
import Manifests
import Testing

/// Names of interfaces in annotations, which Istio's injector checks from 1.30 on.
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
  func names(_ annotation: String, _ list: (names: String, isRejected: Bool)) throws {
    let text = pod(annotations: #"{"\#(annotation)": "\#(list.names)"}"#)
    for release in [nil, IstioRelease(minor: 30)] {
      let rules = try Lint().findings(in: ObjectList(text), release: release).findings.map(\.rule)
      #expect(rules == (list.isRejected ? ["injection-refused"] : []))
    }
  }

  @Test(arguments: annotations, ["net+", "eth1,", "1eth"])
  func olderReleasesAcceptThem(_ annotation: String, _ names: String) throws {
    let text = pod(annotations: #"{"\#(annotation)": "\#(names)"}"#)
    #expect(try Lint().findings(in: ObjectList(text), release: IstioRelease(minor: 29)).findings.isEmpty)
  }

  @Test func podOptionsWarn() throws {
    let list = try ObjectList(pod(annotations: #"{"traffic.sidecar.istio.io/excludeInterfaces": "net+"}"#))
    #expect(
      try list.podOptions(named: nil, in: MeshValues()).warnings == [
        "Pod app/web: traffic.sidecar.istio.io/excludeInterfaces: 'net+': must be names of interfaces "
          + "separated by commas; the injector rejects the pod"
      ])
    let older = try #require(IstioVersion("1.29"))
    #expect(try list.podOptions(named: nil, in: MeshValues(), version: older).warnings == [])
  }
}
