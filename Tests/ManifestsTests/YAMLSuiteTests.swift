import Foundation
import TestSupport
import Testing

@testable import ManifestText

/// The branch `data` of yaml-test-suite, with the answers of `sigs.k8s.io/yaml` in `kubernetes.tsv`. They are not part of
/// this project.
private enum YAMLSuite {
  static let folder = ProcessInfo.processInfo.environment["YAML_SUITE"]

  /// Documents that go-yaml reads and libyaml refuses: the escape sequence `\'`, a colon before a comma, a comma in a tag.
  static let exceptions: Set = ["HRE5/in.yaml", "4ABK/in.yaml", "U99R/in.yaml"]

  /// A line of `kubernetes.tsv`: file, `ok` or `err`, and the document as JSON or the error.
  struct Answer {
    let file: String
    let value: JSONValue?

    init?(_ line: Substring) throws {
      let fields = line.split(separator: "\t", maxSplits: 2).map(String.init)
      guard fields.count == 3 else { return nil }
      file = fields[0]
      value = try fields[1] == "ok" ? DocumentReader.value(fields[2]) : nil
    }
  }

}

@Suite(.enabled(if: YAMLSuite.folder != nil, "YAML_SUITE names no directory"))
struct YAMLSuiteTests {
  @Test func documentsThatKubernetesAcceptsAreReadAlike() throws {
    let folder = try #require(YAMLSuite.folder)
    let answers = try String(contentsOfFile: "\(folder)/kubernetes.tsv", encoding: .utf8).split(
      separator: "\n"
    )
    .compactMap(YAMLSuite.Answer.init)
    var (alike, refused) = (0, 0)
    for answer in answers {
      let text = try String(contentsOfFile: "\(folder)/\(answer.file)", encoding: .utf8)
      let value = try? YAMLReader.read(text)?.value ?? .null
      switch answer.value {
      case nil: refused += value == nil ? 1 : 0
      case let wanted:
        #expect(value == wanted || YAMLSuite.exceptions.contains(answer.file), "\(answer.file)")
        alike += value == wanted ? 1 : 0
      }
    }
    let accepted = answers.count { $0.value != nil }
    print(
      "\(alike) of \(accepted) accepted documents are read alike; \(refused) of \(answers.count - accepted) others are refused"
    )
    #expect(accepted > 200)
  }
}

extension DocumentReader {
  /// Returns the value of one line of JSON.
  fileprivate static func value(_ json: String) throws -> JSONValue {
    var reader = JSONReader(Array("[\(json)]".utf8), at: 0, line: 1)
    guard case .list(let values) = try reader.read().value else { return .null }
    return values.first ?? .null
  }
}
