package import SystemPackage

extension Errno {
  /// `ERESTART`: how nfnetlink says that a batch's generation id is not the current one. Never seen from
  /// an ordinary system call, which is why SystemPackage has no name for it.
  package static var staleGeneration: Errno { Errno(rawValue: 85) }

  /// The error in the words of somebody who changes packet-filter rules, with its name for searching.
  package var sentence: String {
    switch self {
    case .notPermitted: "not permitted (EPERM)"
    case .noSuchFileOrDirectory: "something it names does not exist (ENOENT)"
    case .fileExists: "it exists already (EEXIST)"
    case .resourceBusy: "it is in use (EBUSY)"
    case .invalidArgument: "the kernel finds it invalid (EINVAL)"
    case .notSupported, .notSupportedOnSocket: "this kernel does not support it (EOPNOTSUPP)"
    case .messageTooLong: "the message is larger than the socket's send buffer (EMSGSIZE)"
    case .staleGeneration: "the rule set was changed by somebody else meanwhile (ERESTART)"
    default: "\(description) (errno \(rawValue))"
    }
  }
}
