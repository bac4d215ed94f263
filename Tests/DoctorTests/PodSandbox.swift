import CNetfilter
import Foundation
import Glibc
import Intercept
import Netfilter
import SystemPackage
import TestSupport

/// A pod at 10.244.1.7 with a neighbour at 10.244.1.1, each in a network namespace that ends with this value.
///
/// Sockets are this process's, made with the file-system user of the pod's app or proxy.
final class PodSandbox {
  static let app: UInt32 = 1000
  static let proxy: UInt32 = 1337

  private let pod: FileDescriptor
  private let neighbour: FileDescriptor
  private var sockets: [Int32] = []
  private var programs: [Program] = []
  /// The answer of the proxy's readiness port.
  var readiness = "200 OK"

  init() throws {
    pod = try Self.newNamespace()
    neighbour = try Self.newNamespace()
    let peer = Self.path(neighbour)
    try inPod {
      try Program.require("ip", "link", "add", "eth0", "type", "veth", "peer", "eth0", "netns", peer)
      try Self.bringUp("10.244.1.7/24")
      try Program.require("ip", "route", "add", "default", "via", "10.244.1.1")
    }
    try inNeighbour { try Self.bringUp("10.244.1.1/24") }
  }

  deinit {
    programs.forEach { $0.kill() }
    sockets.forEach {
      shutdown($0, Int32(SHUT_RDWR))
      close($0)
    }
    try? pod.close()
    try? neighbour.close()
  }

  private static func newNamespace() throws -> FileDescriptor {
    try OwnThread.run {
      guard unshare(CInt(CNETFILTER_CLONE_NEWNET)) == 0 else { throw Errno(rawValue: errno) }
      return try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly, options: .closeOnExec)
    }
  }

  private static func path(_ file: FileDescriptor) -> String { "/proc/\(getpid())/fd/\(file.rawValue)" }

  private static func bringUp(_ address: String) throws {
    for link in ["lo", "eth0"] { try Program.require("ip", "link", "set", link, "up") }
    try Program.require("ip", "address", "add", address, "dev", "eth0")
  }

  func inPod<Result>(_ body: () throws -> Result) throws -> Result {
    try NetworkNamespace.open(Self.path(pod)).run(body)
  }

  func inNeighbour<Result>(_ body: () throws -> Result) throws -> Result {
    try NetworkNamespace.open(Self.path(neighbour)).run(body)
  }
}

extension PodSandbox {
  private static let binary = BuiltProgram.path(of: "istio-iptables-swift")

  /// Runs the tool in the pod.
  func tool(_ line: String) throws -> Outcome {
    try inPod {
      try Program.run(
        [Self.binary] + line.shellWords, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
        separatingErrors: true)
    }
  }

  /// Installs the rules of a sidecar, with more options.
  func install(_ options: String = "") throws {
    let words = "--profile sidecar -u 1337 --ip-family ipv4 --dns-servers '' \(options)".shellWords
    try inPod { _ = try Program.require([Self.binary] + words) }
  }

  /// Starts the tool in the pod.
  func startTool(_ line: String) throws -> Program {
    try inPod { try Program([Self.binary] + line.shellWords, separatingErrors: true) }
  }

  /// Runs a program in the pod, or in its neighbour, to its end, and returns its output.
  @discardableResult
  func command(_ line: String, inNeighbour: Bool = false) throws -> String {
    let run = { try Program.require(line.shellWords) }
    return try inNeighbour ? self.inNeighbour(run) : inPod(run)
  }

  /// Starts a program in the pod that goes on.
  func start(_ line: String) throws { programs.append(try inPod { try Program(line.shellWords) }) }
}

extension PodSandbox {
  /// Listens on a port in the pod. Connections wait there, except those to the proxy's readiness port, which are answered.
  func listen(
    _ port: UInt16, as user: UInt32, at address: String = "0.0.0.0", isUDP: Bool = false
  ) throws {
    let file = try inPod { try open(isUDP ? SOCK_DGRAM : SOCK_STREAM, as: user, at: address, port) }
    if port == 15021 { answer(file, "HTTP/1.1 \(readiness)\r\n\r\n") }
  }

  /// Answers each connection to a listening socket with a text, until the socket is shut down.
  private func answer(_ listener: Int32, _ text: String) {
    // A program that inherits the socket would count as the proxy.
    let file = fcntl(listener, F_DUPFD_CLOEXEC, 0)
    Thread.detachNewThread {
      var polled = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      while poll(&polled, 1, -1) >= 0 {
        let connection = accept(file, nil, nil)
        guard connection >= 0 else { break }
        var request = [UInt8](repeating: 0, count: 1024)
        _ = recv(connection, &request, request.count, 0)
        _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        close(connection)
      }
      close(file)
    }
  }

  /// Listens on a port in the pod and never answers.
  func hang(_ port: UInt16, as user: UInt32) throws {
    _ = try inPod { try open(SOCK_STREAM, as: user, at: "0.0.0.0", port) }
  }

  /// Serves a body over HTTP, in two chunks, on a port of the pod's loopback interface.
  func serve(_ body: String, _ port: UInt16) throws {
    let file = try inPod { try open(SOCK_STREAM, as: Self.proxy, at: "127.0.0.1", port) }
    let half = body.count / 2
    let chunks = [String(body.prefix(half)), String(body.dropFirst(half)), ""].map {
      "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n"
    }
    answer(file, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks.joined())
  }

  /// Listens on a port of the neighbour.
  func neighbourListens(_ port: UInt16) throws {
    _ = try inNeighbour { try open(SOCK_STREAM, as: 0, at: "0.0.0.0", port) }
  }

  private func open(_ type: __socket_type, as user: UInt32, at address: String, _ port: UInt16) throws
    -> Int32
  {
    let file = try socket(type, as: user)
    var reuse: Int32 = 1
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &reuse, 4)
    try check(with(address, port) { bind(file, $0, $1) })
    if type == SOCK_STREAM { try check(Glibc.listen(file, 4096)) }
    return file
  }

  /// Starts to connect from the pod, without waiting for an answer.
  func connect(to address: String, _ port: UInt16, as user: UInt32) throws {
    try inPod { try startConnecting(address, port, as: user) }
  }

  /// Connects from the neighbour.
  func neighbourConnects(to address: String, _ port: UInt16) throws {
    try inNeighbour { try startConnecting(address, port, as: 0) }
  }

  private func startConnecting(_ address: String, _ port: UInt16, as user: UInt32) throws {
    let file = try socket(SOCK_STREAM, as: user)
    if with(address, port, { Glibc.connect(file, $0, $1) }) != 0, errno != EINPROGRESS {
      throw Errno(rawValue: errno)
    }
    var polled = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    poll(&polled, 1, 100)
  }

  private func socket(_ type: __socket_type, as user: UInt32) throws -> Int32 {
    setfsuid(user)
    defer { setfsuid(0) }
    let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let file = Glibc.socket(AF_INET, Int32(type.rawValue) | flags, 0)
    try check(file)
    sockets.append(file)
    return file
  }

  private func check(_ result: Int32) throws {
    guard result >= 0 else { throw Errno(rawValue: errno) }
  }

  private func with<Result>(
    _ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var form = sockaddr_in()
    form.sin_family = sa_family_t(AF_INET)
    form.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &form.sin_addr)
    return withUnsafePointer(to: form) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
