import CNetfilter
import Glibc
import Intercept
import Netfilter
import SystemPackage
import TestSupport

/// Two namespaces with a cable between them: an app's, where rules are, and a peer's, which is everything else.
/// Nothing joins them to the machine's own interfaces, and they are gone with the thread that made them.
final class TrafficBed {
  /// The namespaces.
  enum Place: Hashable, CaseIterable {
    case app, peer
  }

  private let namespaces: [Place: FileDescriptor]

  static let appAddresses = ["10.12.0.11", "10.12.0.12", "fd00:12::11", "fd00:12::12"].compactMap {
    IPAddress($0)
  }

  /// The addresses and routes of the app's namespace.
  static func surroundings(_ mark: Mark) -> HostContext {
    let passthrough = IPAddress.passthrough(.ipv6)
    return HostContext(
      ownAddresses: appAddresses + [passthrough], loopbackMarks: [MaskedMark(mark)], acceptsAllInbound: false)
  }

  /// Runs a body on a thread of its own with a bed of its own.
  static func with<Result>(_ body: (TrafficBed) throws -> Result) throws -> Result {
    try OwnThread.run {
      let bed = try TrafficBed()
      defer { bed.close() }
      try bed.connect()
      return try body(bed)
    }
  }

  private init() throws {
    func make() throws -> FileDescriptor {
      guard unshare(CInt(CNETFILTER_CLONE_NEWNET)) == 0 else { throw Errno(rawValue: errno) }
      return try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly, options: .closeOnExec)
    }
    let peer = try make()
    namespaces = [.peer: peer, .app: try make()]
  }

  private func close() {
    for file in namespaces.values { try? file.close() }
  }

  /// Runs a body in one of the namespaces. The thread stays there.
  func inside<Result: ~Copyable>(_ place: Place, _ body: () throws -> Result) throws -> Result {
    guard let file = namespaces[place], setns(file.rawValue, CInt(CNETFILTER_CLONE_NEWNET)) == 0 else {
      throw Errno(rawValue: errno)
    }
    return try body()
  }
}

extension TrafficBed {
  private func connect() throws {
    guard let peer = namespaces[.peer] else { return }
    try inside(.app) {
      try script(
        """
        set -e
        sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
        sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
        ip link set lo up
        ip link add eth0 type veth peer name eth1
        ip link set eth1 netns /proc/\(getpid())/fd/\(peer.rawValue)
        ip link set eth0 up
        ip address add 10.12.0.11/24 dev eth0
        ip address add 10.12.0.12/24 dev eth0
        ip address add fd00:12::11/64 dev eth0 nodad
        ip address add fd00:12::12/64 dev eth0 nodad
        ip address add ::6/128 dev lo
        """)
    }
    try inside(.peer) {
      try script(
        """
        set -e
        sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
        sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
        ip link set lo up
        ip link set eth1 up
        ip address add 10.12.0.1/24 dev eth1
        ip address add fd00:12::1/64 dev eth1 nodad
        ip route add local 10.0.0.0/16 dev lo
        ip route add local 10.96.0.0/16 dev lo
        ip route add local 192.0.2.0/24 dev lo
        ip route add local fd00:1::/64 dev lo
        ip route add local 2001:db8::/32 dev lo
        """)
    }
    try inside(.app) {
      try script(
        """
        set -e
        ip route add default via 10.12.0.1
        ip -6 route add default via fd00:12::1
        """)
    }
  }

  private func script(_ text: String) throws { try run("sh", input: text) }

  /// Takes all rules away, and what connection tracking knows.
  func forget() throws {
    try inside(.app) { try script("set -e; nft flush ruleset; conntrack -F 2>/dev/null || true") }
  }

  /// The policy route that leads a mark to lo, as TPROXY needs it.
  func lead(_ mark: Mark, to table: RouteTable) throws {
    try inside(.app) {
      try script(
        """
        set -e
        ip rule add fwmark \(mark) lookup \(table)
        ip -6 rule add fwmark \(mark) lookup \(table)
        ip route add local default dev lo table \(table)
        ip -6 route add local default dev lo table \(table)
        """)
    }
  }
}
