import Foundation
import TestSupport
import Testing

/// An option set of golden/cases, and its renderings.
struct GoldenCase: CustomTestStringConvertible {
  let name: String
  let command: TypedCommand
  let files: [GoldenFile]

  var testDescription: String { name }

  static let all = Repository.cases("golden/cases").map { name, line in
    GoldenCase(name: name, command: TypedCommand(line: line), files: GoldenFile.all(of: name))
  }
}
