import Foundation
import Testing

/// `lint` says what golden/lint says, word for word.
struct LintGoldenTests {
  /// A line of golden/lint/cases.
  struct Case: CustomTestStringConvertible {
    let name: String
    let words: [String]
    var testDescription: String { name }

    /// Runs the case; the last word is a manifest.
    func run(_ format: String) throws -> Binary {
      let file = GoldenCase.folder.appending(path: "manifests/\(words.last ?? "")").path
      return try Binary.run(["lint", "--format", format] + words.dropLast() + [file])
    }
  }

  private static let folder = GoldenCase.folder.appending(path: "lint")

  static let cases: [Case] = {
    let text = try? String(contentsOf: folder.appending(path: "cases"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard !line.hasPrefix("#"), parts.count == 2 else { return nil }
      return Case(name: String(parts[0]), words: String(parts[1]).shellWords)
    }
  }()

  @Test func everyCaseIsThere() {
    #expect(Self.cases.count == 13)
  }

  @Test(arguments: cases)
  func textAndJSON(of golden: Case) throws {
    for format in ["text", "json"] {
      let url = Self.folder.appending(path: "\(golden.name).\(format)")
      let expected = try String(contentsOf: url, encoding: .utf8)
      let run = try golden.run(format)
      #expect(run.output == expected, "\(url.lastPathComponent)")
      #expect(run.status == (expected.isEmpty ? 0 : 1), "\(url.lastPathComponent)")
      #expect(format == "json" || expected.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  /// The stories that the manifests tell: who is broken, and what mends it.
  @Test func theStories() throws {
    let expected = [
      "external-name": ["manager/manager", "app/app", "5701"],
      "gateway": ["9000", "aks-istio-ingressgateway-external"],
      "six-things": ["'web'", "'appport'", "readinessProbe", "holdApplicationUntilProxyStarts"],
    ]
    for (name, words) in expected {
      let text = try String(contentsOf: Self.folder.appending(path: "\(name).text"), encoding: .utf8)
      for word in words { #expect(text.contains(word), "\(name): \(word)") }
    }
    for name in [
      "external-name-none", "external-name-without-port", "external-name-private", "external-name-sidecar",
      "external-name-newer", "gateway-exposed",
    ] {
      let text = try String(contentsOf: Self.folder.appending(path: "\(name).text"), encoding: .utf8)
      #expect(text.isEmpty, "\(name)")
    }
  }
}
