import Glibc
package import SystemPackage

extension Errno {
  /// The calling thread's `errno`. Read it before anything else can set it.
  package static var current: Errno { Errno(rawValue: errno) }
}

/// Makes a system call, again for as long as a signal cuts it short (`EINTR`); -1 becomes the thrown errno.
@discardableResult
func systemCall<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    let errno = Errno.current
    if errno != .interrupted { throw errno }
  }
}
