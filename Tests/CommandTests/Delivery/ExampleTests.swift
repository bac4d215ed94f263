import Intercept
import TestSupport
import Testing
import Yams

@testable import istio_iptables_swift

/// The examples for Kubernetes are YAML, and ask for what the program can do.
struct ExampleTests {
  @Test func theyAreYAML() throws {
    let names = Repository.files(in: "deploy", ending: ".yaml")
    #expect(names == ["debug-container", "istio-values", "pod"].map { "deploy/\($0).yaml" })
    for name in names {
      #expect(try Yams.load(yaml: Repository.text(name)) is [String: Any], "\(name)")
    }
  }

  @Test(arguments: [("pod.yaml", "initContainers"), ("debug-container.yaml", "ephemeralContainers")])
  func theirArgumentsAreUnderstood(_ name: String, _ kind: String) throws {
    let containers = try Self.containers(name, kind)
    #expect(!containers.isEmpty)
    for container in containers {
      let words = try #require(container["args"] as? [String])
      #expect(UsageCheck(GoArguments(words)).problems == [])
    }
  }

  /// CAP_NET_ADMIN and nothing else.
  @Test(arguments: [("pod.yaml", "initContainers"), ("debug-container.yaml", "ephemeralContainers")])
  func theyAskForTheLeastPrivilege(_ name: String, _ kind: String) throws {
    for container in try Self.containers(name, kind) {
      let security = try #require(container["securityContext"] as? [String: Any])
      let capabilities = try #require(security["capabilities"] as? [String: [String]])
      #expect(capabilities == ["drop": ["ALL"], "add": ["NET_ADMIN"]])
      #expect(security["allowPrivilegeEscalation"] as? Bool == false)
      #expect(security["readOnlyRootFilesystem"] as? Bool == true)
      #expect(security["seccompProfile"] as? [String: String] == ["type": "RuntimeDefault"])
    }
  }

  private static func containers(_ name: String, _ kind: String) throws -> [[String: Any]] {
    let manifest = try Yams.load(yaml: Repository.text("deploy/\(name)")) as? [String: Any]
    let spec = try #require(manifest?["spec"] as? [String: Any])
    return try #require(spec[kind] as? [[String: Any]])
  }
}
