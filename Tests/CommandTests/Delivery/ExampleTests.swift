import Intercept
import ManifestText
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// The examples for Kubernetes are YAML, and ask for what the program can do.
struct ExampleTests {
  @Test func theyAreYAML() throws {
    // The chart's files are templates, which scripts/chart renders and checks.
    let names = Repository.files(in: "deploy", ending: ".yaml").filter { !$0.hasPrefix("deploy/helm/") }
    #expect(names == ["debug-container", "istio-values", "pod"].map { "deploy/\($0).yaml" })
    for name in names {
      #expect(throws: Never.self, "\(name)") { try JSONObject(DocumentReader.only(Repository.text(name))) }
    }
  }

  @Test(arguments: [("pod.yaml", "initContainers"), ("debug-container.yaml", "ephemeralContainers")])
  func theirArgumentsAreUnderstood(_ name: String, _ kind: String) throws {
    let containers = try Self.containers(name, kind)
    #expect(!containers.isEmpty)
    for container in containers {
      let arguments = GoArguments(try container.strings("args"))
      let operands = arguments.subcommand.implementation.help.operands
      #expect(UsageCheck(arguments, operands: operands).problems == [])
    }
  }

  /// CAP_NET_ADMIN and nothing else.
  @Test(arguments: [("pod.yaml", "initContainers"), ("debug-container.yaml", "ephemeralContainers")])
  func theyAskForTheLeastPrivilege(_ name: String, _ kind: String) throws {
    for container in try Self.containers(name, kind) {
      let security = try #require(try container.object("securityContext"))
      let capabilities = try #require(try security.object("capabilities"))
      #expect(try capabilities.names == ["add", "drop"] && capabilities.strings("drop") == ["ALL"])
      #expect(try capabilities.strings("add") == ["NET_ADMIN"])
      #expect(try security.bool("allowPrivilegeEscalation") == false)
      #expect(try security.bool("readOnlyRootFilesystem") == true)
      #expect(try security.object("seccompProfile")?.texts { _ in true } == ["type": "RuntimeDefault"])
    }
  }

  private static func containers(_ name: String, _ kind: String) throws -> [JSONObject] {
    let manifest = try JSONObject(DocumentReader.only(Repository.text("deploy/\(name)")))
    return try manifest.object("spec")?.objects(kind) ?? []
  }
}
