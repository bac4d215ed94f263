import NetworkValues

/// The order in which a native rule asks: first what is cheap and tells most packets apart, and what is about one
/// header together, so that `nft` prints it as it was written.
extension NativeMatch {
  var rank: Int {
    switch self {
    case .inInterface: 0
    case .outInterface: 1
    case .family: 2
    case .field(let field, _): field.rank
    case .mark: 20
    case .connectionMark: 21
    case .state: 22
    case .opaque: 23
    }
  }
}

extension NativeField {
  var rank: Int {
    switch self {
    case .source: 3
    case .destination: 4
    case .proto: 5
    case .sourcePort: 6
    case .destinationPort: 7
    case .user: 8
    case .group: 9
    }
  }

  /// The family whose packets alone have the field.
  var family: IPFamily? {
    switch self {
    case .source(let family), .destination(let family): family
    case .proto, .sourcePort, .destinationPort, .user, .group: nil
    }
  }

  /// Whether the field is about the socket's owner, and missing where there is no socket.
  var isOwner: Bool {
    switch self {
    case .user, .group: true
    case .source, .destination, .proto, .sourcePort, .destinationPort: false
    }
  }

  /// Whether the field is a port of the transport header.
  var isPort: Bool { self == .sourcePort || self == .destinationPort }
}
