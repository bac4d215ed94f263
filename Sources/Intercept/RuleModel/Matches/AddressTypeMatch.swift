public import NetworkValues

/// `-m addrtype`: the route type of an address.
///
/// The corresponding C type is `struct xt_addrtype_info_v1`.
public struct AddressTypeMatch: Hashable, Sendable {
  /// The interface that the lookup is limited to.
  public enum Limit: Hashable, Sendable {
    case inInterface, outInterface
  }

  public let source: Condition<AddressType>?
  public let destination: Condition<AddressType>?
  public let limit: Limit?

  /// Makes the match; nil without a condition, and for an empty set of types.
  public init?(
    source: Condition<AddressType>? = nil, destination: Condition<AddressType>? = nil, limit: Limit? = nil
  ) {
    guard source != nil || destination != nil, source?.value.isEmpty != true,
      destination?.value.isEmpty != true
    else { return nil }
    self.source = source
    self.destination = destination
    self.limit = limit
  }
}

extension AddressTypeMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var source: Condition<AddressType>?
    var destination: Condition<AddressType>?
    var isLimitedToIn = false
    var isLimitedToOut = false
  }

  public static let name = "addrtype"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--src-type", in: \.source, as: .addressTypes),
    .value("--dst-type", in: \.destination, as: .addressTypes),
    .flag("--limit-iface-in", in: \.isLimitedToIn),
    .flag("--limit-iface-out", in: \.isLimitedToOut),
  ]

  var arguments: Arguments {
    Arguments(
      source: source, destination: destination, isLimitedToIn: limit == .inInterface,
      isLimitedToOut: limit == .outInterface)
  }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard !arguments.isLimitedToIn || !arguments.isLimitedToOut else {
      throw .because("'--limit-iface-in' and '--limit-iface-out' exclude each other")
    }
    let limit: Limit? =
      arguments.isLimitedToIn ? .inInterface : arguments.isLimitedToOut ? .outInterface : nil
    guard
      let match = AddressTypeMatch(source: arguments.source, destination: arguments.destination, limit: limit)
    else { throw Self.missing("--src-type", "--dst-type") }
    self = match
  }
}

extension ArgumentSyntax where Value == AddressType {
  fileprivate static var addressTypes: ArgumentSyntax {
    ArgumentSyntax(reader: .names(AddressType.names, wants: "address types, such as LOCAL,UNICAST")) {
      $0.description
    }
  }
}
