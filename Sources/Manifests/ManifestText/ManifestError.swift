import TextOutput

/// The place of an object or a problem in the texts that were read.
public struct SourceLocation: Hashable, Sendable {
  /// The file's name as the user gave it; nil if the text has no name.
  public let file: String?
  /// Counted from 1.
  public let line: Int

  package init(file: String?, line: Int) {
    self.file = file
    self.line = line
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `app.yaml:12`, as compilers write it.
  public var description: String { "\(file ?? "line")\(file == nil ? " " : ":")\(line)" }
}

/// A manifest that cannot be read: one line that names the object and the field and states what is accepted.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  /// The line of the problem; nil if it concerns the text as a whole.
  public let line: Int?

  package init(_ description: String, line: Int? = nil) {
    self.description = description
    self.line = line
  }

  /// A text without any document.
  package static let empty = ManifestError("the text is empty")

  package init(_ problem: SyntaxProblem) {
    self.init("the text \(problem.text)", line: problem.line)
  }
}

extension [String] {
  /// The texts as an enumeration: `a, b and c`; of more than six the first five and the number of the others.
  package var sentence: String {
    guard !isEmpty else { return "none" }
    guard count > 6 else { return listed() }
    return prefix(5).joined(separator: ", ") + " and \(count - 5) more"
  }
}
