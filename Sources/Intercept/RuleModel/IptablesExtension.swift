import NetworkValues

/// A match (`-m NAME`) or target (`-j NAME`) of iptables that this program models.
public protocol IptablesExtension: Hashable, Sendable {
  /// The name behind `-m` or `-j`.
  static var name: String { get }
}

/// A match or target whose options are described as data: one description prints them and reads them.
protocol DescribedExtension: IptablesExtension {
  /// The options as they stand in a text, each there or not; the value itself holds only what makes sense.
  associatedtype Options: ExtensionOptions
  /// The options in the order `iptables-save` prints them, and behind those the ones that are only read.
  static var syntax: [OptionSyntax<Options>] { get }
  /// The hooks at which the kernel takes the extension; nil for all.
  static var hooks: [Hook]? { get }

  /// The options that stand for this value.
  var options: Options { get }
  /// The protocols one of which the rule must name with `-p`; empty if it need not.
  var neededProtocols: [IPProtocol] { get }

  /// Makes the value that a text's options stand for.
  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem)
}

extension DescribedExtension {
  static var hooks: [Hook]? { nil }
  var neededProtocols: [IPProtocol] { [] }

  /// The options as `iptables-save` prints them, each with a blank before it.
  var optionText: String {
    let options = options
    return Self.syntax.reduce(into: "") { text, option in
      guard let argument = option.write(options), let name = option.names.first else { return }
      text += argument.isNegated ? " ! \(name)" : " \(name)"
      text += argument.value.isEmpty ? "" : " \(argument.value)"
    }
  }

  /// What is wrong with a text that has none of the options without which the extension means nothing.
  static func missing(_ names: String...) -> ExtensionProblem {
    .wants(names.count == 1 ? names[0] : "one of " + names.joined(separator: ", "))
  }
}

/// What can stand behind an extension's name; empty at first.
protocol ExtensionOptions: Sendable {
  init()
}
