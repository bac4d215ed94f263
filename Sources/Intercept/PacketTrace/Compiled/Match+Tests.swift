import NetworkValues
import RuleModel

extension Match {
  /// The questions that come to the same as the match, all of which must be answered with yes.
  var questions: [Test.Question] {
    switch self {
    case .source(let block): [.source(AddressTest(block))]
    case .destination(let block): [.destination(AddressTest(block))]
    case .inInterface(let name): [.inInterface(NameTest(name))]
    case .outInterface(let name): [.outInterface(NameTest(name))]
    case .proto(let proto): [.proto(proto.value.rawValue, isNegated: proto.isNegated)]
    case .tcp(let match):
      Self.ports(.tcp, match.source, match.destination)
        + (match.flags == nil && match.option == nil ? [] : [.general])
    case .udp(let match): Self.ports(.udp, match.source, match.destination)
    case .owner(let match): match.questions
    case .mark(let match): [.mark(MarkTest(match.mark))]
    case .connmark(let match): [.connectionMark(MarkTest(match.mark))]
    case .multiport, .conntrack, .state, .addressType, .opaque: [.general]
    case .comment: []
    }
  }

  private static func ports(
    _ proto: IPProtocol, _ source: Condition<PortRange>?, _ destination: Condition<PortRange>?
  ) -> [Test.Question] {
    [.proto(proto.rawValue, isNegated: false)] + [source.map { .sourcePort(PortTest($0)) }].compactMap { $0 }
      + [destination.map { .destinationPort(PortTest($0)) }].compactMap { $0 }
  }
}

extension OwnerMatch {
  /// What is rare goes the slow way.
  fileprivate var questions: [Test.Question] {
    guard socketExists == nil, !includesSupplementaryGroups else { return [.general] }
    return [user.map { .user(OwnerTest($0)) }, group.map { .group(OwnerTest($0)) }].compactMap { $0 }
  }
}
