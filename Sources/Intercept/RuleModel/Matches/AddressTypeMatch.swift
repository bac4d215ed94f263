public import NetworkValues

/// `-m addrtype`: what the routing table makes of an address (`struct xt_addrtype_info_v1`).
public struct AddressTypeMatch: Hashable, Sendable {
  /// The interface whose routes alone are asked.
  public enum Limit: Hashable, Sendable {
    case inInterface, outInterface
  }

  public let source: Condition<AddressType>?
  public let destination: Condition<AddressType>?
  public let limit: Limit?

  /// Makes the match; nil if no address is asked about, or for no type.
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
  struct Options: ExtensionOptions {
    var source: Condition<AddressType>?
    var destination: Condition<AddressType>?
    var isLimitedToIn = false
    var isLimitedToOut = false
  }

  public static let name = "addrtype"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--src-type", in: \.source, as: .addressTypes),
    .value("--dst-type", in: \.destination, as: .addressTypes),
    .flag("--limit-iface-in", in: \.isLimitedToIn),
    .flag("--limit-iface-out", in: \.isLimitedToOut),
  ]

  var options: Options {
    Options(
      source: source, destination: destination, isLimitedToIn: limit == .inInterface,
      isLimitedToOut: limit == .outInterface)
  }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard !options.isLimitedToIn || !options.isLimitedToOut else {
      throw .because("'--limit-iface-in' and '--limit-iface-out' exclude each other")
    }
    let limit: Limit? = options.isLimitedToIn ? .inInterface : options.isLimitedToOut ? .outInterface : nil
    guard let match = AddressTypeMatch(source: options.source, destination: options.destination, limit: limit)
    else { throw Self.missing("--src-type", "--dst-type") }
    self = match
  }
}

extension ArgumentSyntax where Value == AddressType {
  fileprivate static var addressTypes: ArgumentSyntax {
    ArgumentSyntax(reader: .names(AddressType.names, wants: "types of addresses, such as LOCAL,UNICAST")) {
      $0.description
    }
  }
}
