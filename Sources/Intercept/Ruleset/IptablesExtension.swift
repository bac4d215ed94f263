/// A match (`-m NAME`) or target (`-j NAME`) of iptables whose options are described as data.
public protocol IptablesExtension: Hashable, Sendable {
  /// The name behind `-m` or `-j`.
  static var name: String { get }
  /// The options in the order `iptables-save` prints them.
  static var syntax: [OptionSyntax<Self>] { get }
}

/// One option of an extension: how it is spelled, and which part of the value it stands for.
public struct OptionSyntax<Extension: IptablesExtension>: Sendable {
  /// The option's names, first the one `iptables-save` prints: `--to-ports`, `--to-port`.
  public let names: [String]
  /// The option's argument as printed, empty for an option without one; nil where the option is absent.
  let write: @Sendable (Extension) -> Condition<String>?

  /// An option with an argument.
  static func value(
    _ names: String..., write: @escaping @Sendable (Extension) -> Condition<String>?
  ) -> OptionSyntax {
    OptionSyntax(names: names, write: write)
  }

  /// An option that is there or not, without an argument.
  static func flag(_ names: String..., isSet: @escaping @Sendable (Extension) -> Condition<Bool>)
    -> OptionSyntax
  {
    OptionSyntax(names: names) { isSet($0).value ? isSet($0).map { _ in "" } : nil }
  }
}

extension IptablesExtension {
  /// The options as `iptables-save` prints them, each with a blank before it.
  var optionText: String {
    Self.syntax.reduce(into: "") { text, option in
      guard let argument = option.write(self), let name = option.names.first else { return }
      text += argument.isNegated ? " ! \(name)" : " \(name)"
      text += argument.value.isEmpty ? "" : " \(argument.value)"
    }
  }
}
