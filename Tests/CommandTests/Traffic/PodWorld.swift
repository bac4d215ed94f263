import CNetfilter
import Foundation
import Glibc
import Netfilter
import SystemPackage
import TestSupport

/// A network namespace without a thread of its own, there for as long as this is.
final class HeldNamespace: Sendable {
  private let file: FileDescriptor

  init() throws {
    file = try OwnThread.run {
      guard unshare(CInt(CNETFILTER_CLONE_NEWNET)) == 0 else { throw Errno(rawValue: errno) }
      return try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly, options: .closeOnExec)
    }
  }

  deinit { try? file.close() }

  /// A path that other programs can open as well.
  var path: String { "/proc/\(getpid())/fd/\(file.rawValue)" }

  func run<Result>(_ body: () throws -> Result) throws -> Result { try NetworkNamespace.open(path).run(body) }
}

/// A pod and the world outside of it, with a cable between them.
struct PodWorld: Sendable {
  let pod: HeldNamespace
  let outside: HeldNamespace

  /// A server outside, in both families.
  static let servers = [
    Endpoint.ipv4([203, 0, 113, 80], 80),
    .ipv6([0x20, 1, 0xd, 0xb8] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80], 80),
  ]

  init() throws {
    pod = try HeldNamespace()
    outside = try HeldNamespace()
    let peer = outside.path
    _ = try pod.run {
      try Program.require("ip", "link", "add", "eth0", "type", "veth", "peer", "eth0", "netns", peer)
    }
    let podAddresses = ["10.244.1.7/24", "fd00:1::7/64"],
      others = ["10.244.1.1/24", "fd00:1::1/64", "203.0.113.80/32", "2001:db8::80/128"]
    try pod.run { try Self.bringUp(podAddresses) }
    try outside.run { try Self.bringUp(others) }
    try pod.run {
      try Program.require("ip", "route", "add", "default", "via", "10.244.1.1")
      try Program.require("ip", "-6", "route", "add", "default", "via", "fd00:1::1")
    }
  }

  private static func bringUp(_ addresses: [String]) throws {
    for link in ["lo", "eth0"] { try Program.require("ip", "link", "set", link, "up") }
    for address in addresses {
      // No waiting for an address that no other node can have.
      try Program.require(
        ["ip", "address", "add", address, "dev", "eth0"] + (address.contains(":") ? ["nodad"] : []))
    }
  }
}
