import NetworkValues
import RuleModel

extension RuleCondition {
  /// The condition as iptables options: `! --uid-owner 1337`.
  var text: String { isNegated ? "! \(bareText)" : bareText }

  /// The name of the option.
  var option: String {
    switch self {
    case .source: "-s"
    case .destination: "-d"
    case .inInterface: "-i"
    case .outInterface: "-o"
    case .proto: "-p"
    case .sourcePort(let ports): ports.value.ranges.count == 1 ? "--sport" : "--sports"
    case .destinationPort(let ports): ports.value.ranges.count == 1 ? "--dport" : "--dports"
    case .eitherPort: "--ports"
    case .tcpFlags: "--tcp-flags"
    case .user: "--uid-owner"
    case .group: "--gid-owner"
    case .socket: "--socket-exists"
    case .mark: "--mark"
    case .connmark: "-m connmark --mark"
    case .state: "--ctstate"
    case .sourceType: "--src-type"
    case .destinationType: "--dst-type"
    case .opaque(let text): text
    }
  }

  /// The argument of the option; empty if it has none.
  var argument: String {
    switch self {
    case .source(let block), .destination(let block): block.value.description
    case .inInterface(let name), .outInterface(let name): name.value.description
    case .proto(let proto): proto.value.description
    case .sourcePort(let ports), .destinationPort(let ports), .eitherPort(let ports):
      ports.value.ports.map(\.text).joined(separator: ",")
    case .user(let range): range.value.text
    case .group(let range): range.value.text
    case .mark(let mark), .connmark(let mark): mark.value.text
    case .state(let state): state.value.description
    case .tcpFlags(let flags): "\(flags.value.mask) \(flags.value.set)"
    case .sourceType(let types), .destinationType(let types): types.value.description
    case .socket, .opaque: ""
    }
  }

  /// True if the option is preceded by `!`.
  var isNegated: Bool {
    switch self {
    case .source(let block), .destination(let block): block.isNegated
    case .inInterface(let name), .outInterface(let name): name.isNegated
    case .proto(let proto): proto.isNegated
    case .sourcePort(let ports), .destinationPort(let ports), .eitherPort(let ports): ports.isNegated
    case .user(let range): range.isNegated
    case .group(let range): range.isNegated
    case .socket(let exists): !exists
    case .mark(let mark), .connmark(let mark): mark.isNegated
    case .state(let state): state.isNegated
    case .tcpFlags(let flags): flags.isNegated
    case .sourceType(let types), .destinationType(let types): types.isNegated
    case .opaque: false
    }
  }

  private var bareText: String { argument.isEmpty ? option : "\(option) \(argument)" }
}
