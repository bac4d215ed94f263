import CNetfilter
import Glibc
import Intercept
import SystemPackage

@_silgen_name("setfsuid") private func setfsuid(_ user: UInt32) -> Int32
@_silgen_name("setfsgid") private func setfsgid(_ group: UInt32) -> Int32

/// The socket calls that traffic needs, with the model's addresses.
enum SocketCalls {
  /// Opens a socket as its owner: a rule sees who opened the file (`f_cred`), which is the thread's file system
  /// ids, and those glibc changes for the calling thread alone.
  static func open(
    _ family: IPFamily, _ proto: IPProtocol, as owner: SocketOwner?
  ) throws -> FileDescriptor {
    guard let owner else { return try open(family, proto) }
    _ = setfsgid(owner.group.rawValue)
    _ = setfsuid(owner.user.rawValue)
    defer {
      _ = setfsuid(0)
      _ = setfsgid(0)
    }
    return try open(family, proto)
  }

  static func open(_ family: IPFamily, _ proto: IPProtocol) throws -> FileDescriptor {
    let type = proto == .tcp ? SOCK_STREAM : SOCK_DGRAM
    let flags = Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return FileDescriptor(rawValue: try check(socket(family == .ipv4 ? AF_INET : AF_INET6, flags, 0)))
  }

  static func set(_ file: FileDescriptor, _ level: Int32, _ option: Int32, _ value: Int32) throws {
    var value = value
    try check(setsockopt(file.rawValue, level, option, &value, socklen_t(MemoryLayout<Int32>.size)))
  }

  /// Binds a socket. A port may not be free again at once: a program that another test starts has a copy of every
  /// socket until it runs, for some milliseconds.
  static func bind(_ file: FileDescriptor, _ end: Endpoint) throws {
    for _ in 0..<1000 {
      do { return try bindNow(file, end) } catch Errno.addressInUse { usleep(1000) }
    }
    try bindNow(file, end)
  }

  private static func bindNow(_ file: FileDescriptor, _ end: Endpoint) throws {
    _ = try withAddress(of: end) { try check(Glibc.bind(file.rawValue, $0, $1)) }
  }

  /// Begins to connect; true if the kernel did not refuse at once.
  static func connect(_ file: FileDescriptor, _ end: Endpoint) -> Bool {
    withAddress(of: end) { Glibc.connect(file.rawValue, $0, $1) == 0 || errno == EINPROGRESS }
  }

  static func send(_ file: FileDescriptor, _ bytes: [UInt8], _ end: Endpoint) -> Bool {
    withAddress(of: end) { sendto(file.rawValue, bytes, bytes.count, 0, $0, $1) == bytes.count }
  }

  /// Takes a datagram out of its queue.
  ///
  /// - Returns: what is in it and who sent it.
  static func receive(_ file: FileDescriptor) -> (text: String, sender: Endpoint)? {
    var bytes = [UInt8](repeating: 0, count: 512)
    var count = 0
    let sender = readAddress { address, size in
      count = recvfrom(file.rawValue, &bytes, bytes.count, 0, address, size)
      return count < 0 ? -1 : 0
    }
    return sender.map { (String(decoding: bytes.prefix(count), as: UTF8.self), $0) }
  }

  static func localEnd(_ file: FileDescriptor) -> Endpoint? {
    readAddress { getsockname(file.rawValue, $0, $1) }
  }

  static func peerEnd(_ file: FileDescriptor) -> Endpoint? {
    readAddress { getpeername(file.rawValue, $0, $1) }
  }

  /// The destination of a connection before NAT changed it (`SO_ORIGINAL_DST`, `IP6T_SO_ORIGINAL_DST`).
  static func originalDestination(_ file: FileDescriptor, _ family: IPFamily) -> Endpoint? {
    let level = family == .ipv4 ? Int32(IPPROTO_IP) : Int32(IPPROTO_IPV6)
    return readAddress { getsockopt(file.rawValue, level, 80, $0, $1) }
  }

  @discardableResult
  static func check(_ result: Int32) throws -> Int32 {
    guard result >= 0 else { throw Errno(rawValue: errno) }
    return result
  }
}

extension SocketCalls {
  private static func withAddress<Result>(
    of end: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
  ) rethrows -> Result {
    var storage = sockaddr_storage()
    let size = end.write(to: &storage)
    return try withUnsafePointer(to: &storage) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, size) }
    }
  }

  private static func readAddress(
    _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> Endpoint? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &size) }
    }
    return status == 0 ? Endpoint(storage) : nil
  }
}

extension Endpoint {
  fileprivate func write(to storage: inout sockaddr_storage) -> socklen_t {
    withUnsafeMutableBytes(of: &storage) { bytes in
      let family = address.family == .ipv4 ? AF_INET : AF_INET6
      bytes.storeBytes(of: sa_family_t(family), as: sa_family_t.self)
      bytes.storeBytes(of: port.rawValue.bigEndian, toByteOffset: 2, as: UInt16.self)
      let offset = address.family == .ipv4 ? 4 : 8
      for (index, byte) in address.bytes.enumerated() { bytes[offset + index] = byte }
    }
    let isIPv4 = address.family == .ipv4
    return socklen_t(isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
  }

  fileprivate init?(_ storage: sockaddr_storage) {
    let isIPv4 = storage.ss_family == sa_family_t(AF_INET)
    guard isIPv4 || storage.ss_family == sa_family_t(AF_INET6) else { return nil }
    self = withUnsafeBytes(of: storage) { bytes in
      let offset = isIPv4 ? 4 : 8
      let bits = UInt128(bigEndianBytes: bytes[offset..<offset + (isIPv4 ? 4 : 16)])
      let port = UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
      return Endpoint(IPAddress(isIPv4 ? .ipv4 : .ipv6, bits: bits), Port(rawValue: port))
    }
  }
}
