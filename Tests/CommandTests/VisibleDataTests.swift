import TestSupport
import Foundation
import Testing

/// Control characters in dumps, flows, Envoy configurations and manifests do not reach standard output or error.
struct VisibleDataTests {
  private static let evil = "\u{1b}[2J\u{7f}\u{9b}1m\u{202e}\u{2028}"

  /// A chain name, which has no C0 characters and at most 28 bytes.
  private static let chain = "ISTIO_\u{9b}2J\u{202e}"

  private static let dump = """
    *nat
    :PREROUTING ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    :\(chain) - [0:0]
    :ISTIO_OUTPUT - [0:0]
    -A OUTPUT -p tcp -m comment --comment "\(evil)" -j ACCEPT
    -A OUTPUT -p tcp -j ISTIO_OUTPUT
    -A ISTIO_OUTPUT -m unknown --x "\(evil)" -j RETURN
    -A ISTIO_OUTPUT -p tcp -m comment --comment "\(evil)" -j \(chain)
    -A \(chain) -p tcp -j \(chain)X
    COMMIT

    """

  private static let flows = """
    {"direction":"outbound","to":"10.0.0.1:80","expectCluster":"\u{5c}u001b[2J\(evil.dropFirst(4))"}

    """

  private static let envoy = """
    [{"name":"\(json)","address":{"socketAddress":{"address":"0.0.0.0","portValue":15001}},
    "filterChains":[{"name":"\(json)","filters":[{"name":"envoy.tcp_proxy","typedConfig":{"cluster":"\(json)"}}]}]}]
    """

  private static let manifest = """
    {"kind":"Service","apiVersion":"v1","metadata":{"name":"\(json)","namespace":"\(json)"},
    "spec":{"ports":[{"name":"\(json)","port":80}]}}
    """

  /// The characters in a JSON string.
  private static var json: String { "\\u001b\(evil.dropFirst())" }

  private static let commands: [(String, [String])] = [
    (dump, ["diff", "--profile", "sidecar", "--ip-family", "ipv4"]),
    (dump, ["guess"]),
    (dump, ["trace", "--ip-family", "ipv4", "outbound", "--to", "10.0.0.1:80", "--ruleset"]),
    (
      flows,
      [
        "trace", "--profile", "sidecar", "--ip-family", "ipv4", "--envoy-config",
        Repository.path("golden/trace/envoy/after.json"), "--flows",
      ]
    ),
    (
      envoy,
      [
        "trace", "--profile", "sidecar", "--ip-family", "ipv4", "outbound", "--to", "10.0.0.1:80",
        "--envoy-config",
      ]
    ),
    (manifest, ["lint"]),
  ]

  @Test(arguments: commands, ["text", "json"])
  func isEscaped(_ command: (text: String, words: [String]), _ format: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try command.text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try Tool.run(command.words + [file.path, "--format", format])
    #expect(run.status < 3 && !run.output.isEmpty, "\(run)")
    for scalar in (run.output + run.errors).unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value), "\(run)")
      #expect(scalar != "\u{202e}" && scalar != "\u{2028}", "\(run)")
    }
  }
}
