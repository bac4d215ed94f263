import Foundation
import Installation
import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// A namespace is opened once: a path that leads elsewhere meanwhile changes nothing.
@Suite(.enabled(if: canUseKernel))
struct NamespaceIdentityTests {
  @Test func aSwitchedLinkCannotSplitAnInstallation() throws {
    let configuration = sidecar { $0.interception = .tproxy(mark: 1337, table: 133) }
    let (one, other) = (try HeldFile(), try HeldFile())
    let link = FileManager.default.temporaryDirectory.appending(path: "wt-faults-\(UUID())").path
    defer { unlink(link) }
    #expect(symlink(one.path, link) == 0)
    let namespace = try NetworkNamespace.open(link)
    let installation = installation(configuration, in: namespace)
    let untouched = try NetworkNamespace.open(other.path).run { try namespaceState() }
    unlink(link)
    #expect(symlink(other.path, link) == 0)
    _ = try installation.apply()
    #expect(try NetworkNamespace.open(other.path).run { try namespaceState() } == untouched)
    let state = try NetworkNamespace.open(one.path).run { try namespaceState() }
    #expect(state.contains("ISTIO_TPROXY") && state.contains("fwmark 0x539"))
  }

  @Test func theHolderOfTheLockIsNamed() throws {
    try withNamespace {
      let file = try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly)
      try file.closeAfter {
        let free: NamespaceLock.Holder? = try exclusively()
        #expect(free == nil)
        #expect(flock(file.rawValue, LOCK_EX) == 0)
        #expect(try exclusively()?.process == getpid())
      }
    }
  }

  private func exclusively() throws -> NamespaceLock.Holder? {
    try NetworkNamespace.current.exclusively(waiting: .milliseconds(1), { $0 as any Error }) { holder in
      holder
    }
  }
}

/// The file of a namespace with lo up, which exists as long as the value.
private final class HeldFile {
  private let file: FileDescriptor

  init() throws {
    file = try withNamespace { try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly) }
  }

  deinit { try? file.close() }

  var path: String { "/proc/\(getpid())/fd/\(file.rawValue)" }
}
