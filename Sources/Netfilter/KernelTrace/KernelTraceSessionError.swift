import SystemPackage

/// Why the kernel could not be had to tell.
public struct KernelTraceSessionError: Error, Hashable, Sendable {
  public let failure: NetlinkError

  init(_ failure: NetlinkError) {
    self.failure = failure
  }
}

extension KernelTraceSessionError: CustomStringConvertible {
  public var description: String {
    switch failure.failure.errno ?? failure.failure.callErrno {
    case .notPermitted?, .permissionDenied?: "\(failure) (CAP_NET_ADMIN is needed in the namespace)"
    case .notSupported?:
      "\(failure) (it needs Linux 5.12, whose tables go away with the program that made them)"
    default: "\(failure)"
    }
  }
}

extension NetlinkFailure {
  /// The error number of a system call that failed.
  fileprivate var callErrno: Errno? {
    if case .call(_, let errno) = self { errno } else { nil }
  }
}
