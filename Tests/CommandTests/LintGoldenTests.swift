import TestSupport
import Testing

/// `lint` says what golden/lint says, word for word.
struct LintGoldenTests {
  /// A line of golden/lint/cases.
  struct Case: CustomTestStringConvertible {
    let name: String
    let words: [String]
    var testDescription: String { name }

    /// Runs the case; the last word is a manifest.
    func run(_ format: String) throws -> Outcome {
      let file = Repository.path("golden/manifests/\(words.last ?? "")")
      return try Tool.run(["lint", "--format", format] + words.dropLast() + [file])
    }
  }

  static let cases = Repository.cases("golden/lint/cases").map {
    Case(name: $0.name, words: $0.line.shellWords)
  }

  @Test func everyCaseIsThere() {
    #expect(Self.cases.count == 13)
  }

  @Test(arguments: cases)
  func textAndJSON(of golden: Case) throws {
    for format in ["text", "json"] {
      let file = "\(golden.name).\(format)"
      let expected = try Repository.text("golden/lint/\(file)")
      let run = try golden.run(format)
      // The golden files were made in the folder of the manifests.
      let output = run.output.replacing(Repository.path("golden/manifests") + "/", with: "")
      #expect(output == expected, "\(file)")
      #expect(run.status == (expected.isEmpty ? 0 : 1), "\(file)")
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
      let text = try Repository.text("golden/lint/\(name).text")
      for word in words { #expect(text.contains(word), "\(name): \(word)") }
    }
    for name in [
      "external-name-none", "external-name-without-port", "external-name-private", "external-name-sidecar",
      "external-name-newer", "gateway-exposed",
    ] {
      let text = try Repository.text("golden/lint/\(name).text")
      #expect(text.isEmpty, "\(name)")
    }
  }
}
