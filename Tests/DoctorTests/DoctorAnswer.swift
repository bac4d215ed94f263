import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// The answer of `doctor --format json`.
struct DoctorAnswer: Decodable {
  struct Finding: Decodable {
    let check, severity, what, remedy: String
    let why: [String]
  }

  let schemaVersion: Int
  let ok: Bool
  let findings: [Finding]
  let unseen: [String]
}

extension PodSandbox {
  /// A pod with a sidecar's rules, a proxy, and an app on port 8080.
  static func healthy(_ options: String = "", except ports: Set<UInt16> = []) throws -> PodSandbox {
    let pod = try PodSandbox()
    try pod.install(options)
    for port in [15000, 15001, 15004, 15006, 15020, 15021, 15090] as [UInt16] where !ports.contains(port) {
      try pod.listen(port, as: proxy, at: [15000, 15004].contains(port) ? "127.0.0.1" : "0.0.0.0")
    }
    if !ports.contains(8080) { try pod.listen(8080, as: app) }
    return pod
  }

  func examine(_ options: String = "") throws -> (status: Int32, answer: DoctorAnswer) {
    let outcome = try tool("doctor --format json \(options)")
    return (outcome.status, try JSONDecoder().decode(DoctorAnswer.self, from: Data(outcome.output.utf8)))
  }

  /// Expects that a check names the cause first.
  func expectFirst(
    _ check: String, _ options: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (status, answer) = try examine(options)
    #expect(answer.findings.first?.check == check, "\(answer)", sourceLocation: sourceLocation)
    #expect(status == 1 && !answer.ok, sourceLocation: sourceLocation)
    #expect(answer.findings.first?.remedy.isEmpty == false, sourceLocation: sourceLocation)
    let text = try tool("doctor \(options)")
    #expect(text.status == 1 && text.output.hasPrefix("ERROR") || text.output.hasPrefix("WARNING"))
  }
}
