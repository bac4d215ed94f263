import Glibc
import Measuring

/// A pod's namespace and a peer's, connected by veth; the peer has every address of a block.
final class World {
  let pod: Namespace
  let peer: Namespace
  let listener: Listener

  static let peerBlock = "198.18.0.0/16"
  /// The first two bytes of the block's addresses.
  static let peerNetwork: UInt32 = 198 << 24 | 18 << 16

  init() throws {
    peer = try Namespace()
    pod = try Namespace()
    try Self.batch(
      """
      link set lo up
      link add eth0 type veth peer name eth1
      link set eth1 netns \(peer.path)
      addr add 10.244.1.7/24 dev eth0
      link set eth0 up
      """)
    try peer.enter()
    try Self.batch(
      """
      link set lo up
      addr add 10.244.1.1/24 dev eth1
      link set eth1 up
      route add local \(Self.peerBlock) dev lo
      """)
    listener = try Listener()
    try pod.enter()
    try Self.batch("route add \(Self.peerBlock) via 10.244.1.1\n")
    _ = try Program.run(["sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000"])
  }

  private static func batch(_ text: String) throws {
    _ = try Program.run(["ip", "-batch", try Texts.file(text + "\n", "world")])
  }
}

/// Accepts TCP connections and closes them at once, in a thread of its own, as long as the program runs. Datagrams go to a
/// socket that is never read.
final class Listener {
  static let port: UInt16 = 9

  init() throws {
    let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = Flows.address(0)
    for file in [tcp, udp] {
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw Trouble("bind: \(String(cString: strerror(errno)))") }
    }
    guard listen(tcp, 4096) == 0 else { throw Trouble("listen: \(String(cString: strerror(errno)))") }
    var thread = pthread_t()
    let context = UnsafeMutableRawPointer(bitPattern: Int(tcp))
    pthread_create(
      &thread, nil,
      { context in
        let tcp = Int32(Int(bitPattern: context))
        while true {
          let accepted = accept(tcp, nil, nil)
          if accepted >= 0 { close(accepted) }
        }
      }, context)
  }
}
