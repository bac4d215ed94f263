public import NetworkValues

/// `-m tcp`: fields of a TCP segment's header.
///
/// Conditions that every segment satisfies are dropped: ports 0 to 65535, an empty mask of flags.
/// The corresponding C type is `struct xt_tcp`.
public struct TCPMatch: Hashable, Sendable {
  public let source: Condition<PortRange>?
  public let destination: Condition<PortRange>?
  /// A TCP option that must be present.
  public let option: Condition<TCPOption>?
  public let flags: Condition<TCPFlagTest>?

  public init(
    source: Condition<PortRange>? = nil, destination: Condition<PortRange>? = nil,
    option: Condition<TCPOption>? = nil, flags: Condition<TCPFlagTest>? = nil
  ) {
    self.source = source?.unlessEveryPort
    self.destination = destination?.unlessEveryPort
    self.option = option
    self.flags = flags == .is(.anything) ? nil : flags
  }
}

extension TCPMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var source: Condition<PortRange>?
    var destination: Condition<PortRange>?
    var option: Condition<TCPOption>?
    var flags: Condition<TCPFlagTest>?
  }

  public static let name = "tcp"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--sport", "--source-port", in: \.source, as: .ports),
    .value("--dport", "--destination-port", in: \.destination, as: .ports),
    .value("--tcp-option", in: \.option, as: .tcpOption),
    .value("--tcp-flags", in: \.flags, as: .tcpFlags),
    .syn("--syn", in: \.flags),
  ]

  var arguments: Arguments {
    Arguments(source: source, destination: destination, option: option, flags: flags)
  }
  var neededProtocols: [IPProtocol] { [.tcp] }

  init(_ arguments: Arguments, in context: ReadingContext) {
    self.init(
      source: arguments.source, destination: arguments.destination, option: arguments.option,
      flags: arguments.flags)
  }
}

extension Condition<PortRange> {
  /// The condition; nil if every port satisfies it.
  var unlessEveryPort: Condition? { self == .is(Port(rawValue: 0)...Port(rawValue: .max)) ? nil : self }
}

extension ArgumentSyntax where Value == TCPFlagTest {
  /// Two words: the mask, and the flags of it that must be set.
  static var tcpFlags: ArgumentSyntax {
    ArgumentSyntax(wants: "two lists of FIN,SYN,RST,PSH,ACK,URG,ALL,NONE", wordCount: 2) { text, _ in
      let lists = text.split(separator: " ").map { TCPFlags(list: $0) }
      guard lists.count == 2, let mask = lists[0], let set = lists[1] else { return nil }
      return TCPFlagTest(set, of: mask)
    } write: {
      "\($0.mask) \($0.set)"
    }
  }
}

extension ArgumentSyntax where Value == TCPOption {
  static var tcpOption: ArgumentSyntax {
    ArgumentSyntax(wants: "an option's number 1-255") { text, _ in
      UInt8(cText: text).flatMap(TCPOption.init(rawValue:))
    } write: {
      String($0.rawValue)
    }
  }
}

extension OptionSyntax {
  /// `--syn`: another spelling of `--tcp-flags FIN,SYN,RST,ACK SYN`.
  static func syn(_ name: String, in part: any Part<Condition<TCPFlagTest>?>) -> OptionSyntax {
    OptionSyntax(names: [name], wordCount: 0) { arguments, given, _ throws(ExtensionProblem) in
      guard arguments[keyPath: part] == nil else { throw .repeated }
      arguments[keyPath: part] = given.map { _ in .opening }
    } write: { _ in
      nil
    }
  }
}

extension TCPFlags {
  /// Reads `SYN,ACK` in letters of either case; nil for unknown names.
  fileprivate init?(list: Substring) {
    let known = Self.names + [(.all, "ALL"), ([], "NONE")]
    var flags: TCPFlags = []
    for item in list.split(separator: ",") {
      guard let found = known.first(where: { $0.name == item.uppercased() }) else { return nil }
      flags.formUnion(found.value)
    }
    self = flags
  }
}
