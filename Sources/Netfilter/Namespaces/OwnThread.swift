import Glibc
package import SystemPackage

/// Runs code on a new thread. A network namespace belongs to a thread, and threads of Swift's cooperative pool
/// must never stay in another namespace.
package enum OwnThread {
  /// Runs a body to its end on a new thread and returns its result or throws its error.
  ///
  /// - Parameter convert: the error to throw if no thread can be created.
  package static func run<Success, Failure>(
    _ convert: (Errno) -> Failure, _ body: () throws(Failure) -> Success
  ) throws(Failure) -> Success {
    var outcome: Result<Success, Failure>?
    do throws(Errno) {
      try withoutActuallyEscaping(body) { (body) throws(Errno) in
        try join(Work { outcome = Result(catching: body) })
      }
    } catch {
      throw convert(error)
    }
    guard let outcome else { throw convert(.noSuchProcess) }
    return try outcome.get()
  }

  /// Runs a body to its end on a new thread.
  ///
  /// - Throws: `Errno` if no thread can be created, or the body's error.
  package static func run<Success>(_ body: () throws -> Success) throws -> Success {
    try run({ $0 as any Error }, body)
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
