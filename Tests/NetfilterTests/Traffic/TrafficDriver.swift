import Glibc
import Intercept
import SystemPackage

@_silgen_name("setfsuid") private func setfsuid(_ user: UInt32) -> Int32
@_silgen_name("setfsgid") private func setfsgid(_ group: UInt32) -> Int32

/// Where a connection really went.
struct Arrival: Hashable {
  let place: TrafficBed.Place
  let port: Port
  /// The accepted socket's own end; nil for UDP.
  var local: Endpoint?
  /// What NAT says the destination was; nil for UDP, and where there was no NAT.
  var original: Endpoint?
}

/// Makes real connections and sees where they go.
struct TrafficDriver {
  let bed: TrafficBed
  let listeners: TrafficListeners

  init(_ bed: TrafficBed) throws {
    self.bed = bed
    listeners = try TrafficListeners(bed)
  }

  /// Makes a connection; nil if nobody got it.
  ///
  /// - Parameter patience: how long somebody has to get it, in milliseconds.
  func drive(_ flow: Flow, patience: Int32) throws -> Arrival? {
    let file = try bed.inside(flow.direction == .outbound ? .app : .peer) { try open(flow) }
    defer { try? file.close() }
    return flow.proto == .tcp ? try connect(file, flow, patience) : try send(file, flow, patience)
  }

  /// Waits until the cable is there and the namespaces know each other's link addresses, before there are rules.
  func warmUp() throws {
    for address in TrafficBed.appAddresses {
      let flow = Flow(.inbound, .udp, to: Endpoint(address, 80), interface: .eth0)
      for _ in 0..<40 { if try drive(flow, patience: 100) != nil { break } }
    }
    for text in ["10.12.0.1", "fd00:12::1"] {
      guard let address = IPAddress(text) else { continue }
      let flow = Flow(.outbound, .udp, to: Endpoint(address, 80))
      for _ in 0..<40 { if try drive(flow, patience: 100) != nil { break } }
    }
  }

  /// Opens the socket as its owner: a rule sees who opened the file (`f_cred`), which is the thread's file system
  /// ids, and those glibc changes for the calling thread alone.
  private func open(_ flow: Flow) throws -> FileDescriptor {
    let family = flow.destination.address.family
    if let owner = flow.owner {
      _ = setfsgid(owner.group.rawValue)
      _ = setfsuid(owner.user.rawValue)
    }
    defer {
      _ = setfsuid(0)
      _ = setfsgid(0)
    }
    let file = try SocketCalls.open(family, flow.proto)
    if flow.mark != 0 { try SocketCalls.set(file, SOL_SOCKET, 36, Int32(bitPattern: flow.mark.rawValue)) }
    return file
  }

  private func prepare(_ file: FileDescriptor, _ flow: Flow) throws {
    try SocketCalls.set(file, SOL_SOCKET, SO_REUSEADDR, 1)
    guard flow.source != nil || flow.sourcePort != nil else { return }
    switch flow.destination.address.family {
    case .ipv4: try SocketCalls.set(file, Int32(IPPROTO_IP), 15, 1)  // IP_FREEBIND
    case .ipv6: try SocketCalls.set(file, Int32(IPPROTO_IPV6), 78, 1)  // IPV6_FREEBIND
    }
    let any = IPAddress(flow.destination.address.family, bits: 0)
    try SocketCalls.bind(file, Endpoint(flow.source ?? any, flow.sourcePort ?? 0))
  }

  private func connect(_ file: FileDescriptor, _ flow: Flow, _ patience: Int32) throws -> Arrival? {
    try prepare(file, flow)
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(file.rawValue, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    let family = flow.destination.address.family
    guard SocketCalls.connect(file, flow.destination),
      let listener = listeners.wait(.tcp, family, milliseconds: patience)
    else { return nil }
    let accepted = FileDescriptor(rawValue: try SocketCalls.check(accept(listener.file.rawValue, nil, nil)))
    defer { try? accepted.close() }
    return Arrival(
      place: listener.place, port: listener.port, local: SocketCalls.localEnd(accepted),
      original: SocketCalls.originalDestination(accepted, family))
  }

  private func send(_ file: FileDescriptor, _ flow: Flow, _ patience: Int32) throws -> Arrival? {
    try prepare(file, flow)
    let word = withUnsafeBytes(of: UInt64.random(in: 1 ... .max)) { Array($0) }
    guard SocketCalls.send(file, word, flow.destination) else { return nil }
    while let listener = listeners.wait(.udp, flow.destination.address.family, milliseconds: patience) {
      var buffer = [UInt8](repeating: 0, count: 64)
      let count = recv(listener.file.rawValue, &buffer, buffer.count, 0)
      // A datagram of an earlier flow that nobody waited for any more.
      if count == word.count, Array(buffer[..<count]) == word {
        return Arrival(place: listener.place, port: listener.port)
      }
    }
    return nil
  }
}
