package import NetworkValues

/// A match (`-m NAME`) or target (`-j NAME`) of iptables that is modelled.
public protocol IptablesExtension: Hashable, Sendable {
  /// The name after `-m` or `-j`.
  static var name: String { get }
}

/// A match or target whose options are described as data: one description prints and reads them.
protocol DescribedExtension: IptablesExtension {
  /// The arguments of the options as written, each present or not; the extension itself has valid combinations only.
  associatedtype Arguments: ExtensionArguments
  /// The options in the order `iptables-save` prints them, then those that are only read.
  static var syntax: [OptionSyntax<Arguments>] { get }
  /// The hooks where the kernel accepts the extension; nil for all.
  static var hooks: [Hook]? { get }

  /// The arguments that describe this value.
  var arguments: Arguments { get }
  /// The protocols that the extension supports in `-p`; empty if it needs no `-p`.
  var neededProtocols: [IPProtocol] { get }

  /// Makes the value that arguments describe.
  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem)
}

extension DescribedExtension {
  static var hooks: [Hook]? { nil }
  var neededProtocols: [IPProtocol] { [] }

  /// The options as `iptables-save` prints them, each after a blank.
  var optionText: String {
    let arguments = arguments
    return Self.syntax.reduce(into: "") { text, option in
      guard let argument = option.write(arguments), let name = option.names.first else { return }
      text += argument.isNegated ? " ! \(name)" : " \(name)"
      text += argument.value.isEmpty ? "" : " \(argument.value)"
    }
  }

  /// The problem of an extension without any of its required options.
  static func missing(_ names: String...) -> ExtensionProblem {
    .wants(names.count == 1 ? names[0] : "one of " + names.joined(separator: ", "))
  }
}

/// The arguments of an extension's options; all absent at first.
protocol ExtensionArguments: Sendable {
  init()
}

/// A problem of one option, or of an extension's options together.
package enum ExtensionProblem: Error, Hashable {
  /// The argument is not of the wanted kind: `a port 0-65535`.
  case wants(String)
  /// The argument is an address of the other family.
  case otherFamily(wanted: IPFamily)
  case notNegatable
  case repeated
  /// iptables accepts it and the model cannot represent it: the extension is kept as text.
  case notModelled
  /// Any other problem, as a sentence.
  case because(String)
}
