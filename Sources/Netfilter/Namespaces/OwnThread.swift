import Glibc
import SystemPackage

/// Runs code on a new thread. A network namespace belongs to a thread, and threads of Swift's cooperative pool
/// must never stay in another namespace.
package enum OwnThread {
  /// Runs a body to its end on a new thread and returns its result or throws its error.
  ///
  /// - Throws: `Errno` if no thread can be created.
  package static func run<Success>(_ body: () throws -> Success) throws -> Success {
    var outcome = Result<Success, any Error>.failure(Errno.noSuchProcess)
    try withoutActuallyEscaping(body) { body in
      try join(Work { outcome = Result(catching: body) })
    }
    return try outcome.get()
  }

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  private static func join(_ work: Work) throws(Errno) {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(work).toOpaque()
    let status = unsafe pthread_create(&thread, nil, perform, context)
    guard status == 0 else {
      unsafe Unmanaged<Work>.fromOpaque(context).release()
      throw Errno(rawValue: status)
    }
    pthread_join(thread, nil)
  }

  private static let perform: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    if let context = unsafe $0 { unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
    return nil
  }
}
