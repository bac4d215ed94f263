import KernelTestSupport
import TestSupport
import Testing

/// The commands of each transcript in golden/output do what the transcript shows, word for word.
@Suite(.enabled(if: canUseKernel))
struct TranscriptTests {
  static let files = Repository.files(in: "golden/output", ending: ".txt")

  @Test func everyCommandHasATranscript() {
    #expect(Self.files.count == 17)
  }

  @Test(arguments: files)
  func everyCommandDoesWhatItDid(in file: String) throws {
    let expected = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
    let text = try Program.require(Repository.path("scripts/transcript"), Tool.path, file)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for change in lines.difference(from: expected) {
      switch change {
      case .insert(let index, let line, _): Issue.record("\(file):\(index + 1): unexpected: \(line)")
      case .remove(let index, let line, _): Issue.record("\(file):\(index + 1): missing: \(line)")
      }
    }
  }
}
