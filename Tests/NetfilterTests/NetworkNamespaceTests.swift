import CNetfilter
import Glibc
import KernelTestSupport
import Netfilter
import SystemPackage
import Testing

@Suite(.enabled(if: canUseKernel))
struct NetworkNamespaceTests {
  private static let mine = "/proc/thread-self/ns/net"

  @Test func aBodyRunsInsideAndTheCallerStaysOutside() throws {
    try withPath { path, identity in
      let before = try Self.identity(Self.mine)
      let inside = try NetworkNamespace.open(path).run { try Self.identity(Self.mine) }
      #expect(inside == identity)
      #expect(try Self.identity(Self.mine) == before)
    }
  }

  @Test func errorsOfTheBodyComeOut() throws {
    try withPath { path, _ in
      #expect(throws: Errno.badFileDescriptor) {
        try NetworkNamespace.open(path).run { throw Errno.badFileDescriptor }
      }
    }
  }

  @Test func theCurrentNamespaceNeedsNoThread() throws {
    let here = pthread_self()
    for namespace in [.current, try .open(Self.mine), try .open(process: getpid())] as [NetworkNamespace] {
      #expect(try namespace.run { pthread_equal(pthread_self(), here) } != 0)
    }
  }

  @Test(arguments: [
    ("/no/such/file", "cannot open network namespace \"/no/such/file\": No such file or directory"),
    ("/etc/hostname", "\"/etc/hostname\" is not a namespace"),
    ("/dev/null", "\"/dev/null\" is not a namespace"),
    ("/proc/self/ns/uts", "\"/proc/self/ns/uts\" is a namespace, but not a network namespace"),
  ])
  func otherFilesAreRefused(_ path: String, _ text: String) {
    let error = #expect(throws: NamespaceError.self) { try NetworkNamespace.open(path).run {} }
    #expect(error?.description == text)
  }

  @Test func aProcessThatIsGone() {
    let error = #expect(throws: NamespaceError.self) {
      try NetworkNamespace.open(process: 0x7fff_fffe).run {}
    }
    #expect(error == .noProcess(0x7fff_fffe))
  }

  /// Runs a body with the path of another network namespace, and what identifies that.
  private func withPath(_ body: (String, UInt64) throws -> Void) throws {
    let file = try withNamespace {
      try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly, options: .closeOnExec)
    }
    try file.closeAfter {
      let path = "/proc/self/fd/\(file.rawValue)"
      try body(path, Self.identity(path))
    }
  }

  private static func identity(_ path: String) throws -> UInt64 {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Errno(rawValue: errno) }
    return UInt64(status.st_ino)
  }
}
