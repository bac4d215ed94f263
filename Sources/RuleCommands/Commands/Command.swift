package import Intercept

/// A subcommand: it reads its own options and operands, then runs.
package protocol Command {
  static var name: Subcommand { get }
  static var help: CommandHelp { get }

  /// Reads the options; mistakes stay in the reader, and `run` must not be called if there are any.
  init(reading reader: inout OptionReader, _ operands: Operands)

  func run() throws
}

/// The texts of a subcommand's help; the options come from the table.
package struct CommandHelp {
  /// One line.
  package let abstract: String
  /// The synopsis after the subcommand's name.
  package let usage: String
  /// Explanation and examples. Lines that begin with blanks are examples.
  package let discussion: String
  package let operands: [OperandHelp]

  package init(abstract: String, usage: String, discussion: String, operands: [OperandHelp] = []) {
    self.abstract = abstract
    self.usage = usage
    self.discussion = discussion
    self.operands = operands
  }
}

/// The help of an operand.
package struct OperandHelp {
  package let value: OptionValue
  package let summary: String
  /// True if the operand may be repeated.
  package let isRepeated: Bool

  package init(value: OptionValue, summary: String, isRepeated: Bool = false) {
    self.value = value
    self.summary = summary
    self.isRepeated = isRepeated
  }
}

/// The words of a command line that are no options.
package struct Operands {
  package let words: [String]
  /// The words after `--`; nil if there is no `--`.
  package let command: [String]?

  /// The only operand.
  package var first: String? { words.first }

  /// `wait` has a command after `--`; elsewhere `--` ends the options.
  package init(_ arguments: GoArguments) {
    let isWait = arguments.subcommand == .wait
    words = isWait ? arguments.operands : arguments.operands + (arguments.command ?? [])
    command = isWait ? arguments.command : nil
  }
}
