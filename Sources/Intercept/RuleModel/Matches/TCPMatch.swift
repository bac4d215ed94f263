public import NetworkValues

/// `-m tcp`: what a TCP segment's header says (`struct xt_tcp`).
///
/// A condition that every segment fulfils is none: ports from 0 to 65535, no flag looked at.
public struct TCPMatch: Hashable, Sendable {
  public let source: Condition<PortRange>?
  public let destination: Condition<PortRange>?
  /// The number of a TCP option that must be there.
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
  struct Options: ExtensionOptions {
    var source: Condition<PortRange>?
    var destination: Condition<PortRange>?
    var option: Condition<TCPOption>?
    var flags: Condition<TCPFlagTest>?
  }

  public static let name = "tcp"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--sport", "--source-port", in: \.source, as: .ports),
    .value("--dport", "--destination-port", in: \.destination, as: .ports),
    .value("--tcp-option", in: \.option, as: .tcpOption),
    .value("--tcp-flags", in: \.flags, as: .tcpFlags),
    .syn("--syn", in: \.flags),
  ]

  var options: Options { Options(source: source, destination: destination, option: option, flags: flags) }
  var neededProtocols: [IPProtocol] { [.tcp] }

  init(_ options: Options, in context: ReadingContext) {
    self.init(
      source: options.source, destination: options.destination, option: options.option, flags: options.flags)
  }
}

extension Condition<PortRange> {
  /// The condition, nil if every port fulfils it.
  var unlessEveryPort: Condition? { self == .is(Port(rawValue: 0)...Port(rawValue: .max)) ? nil : self }
}
