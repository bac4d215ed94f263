import Glibc
import Intercept
import SystemPackage

/// Makes real connections and sees where they go.
final class TrafficDriver {
  let bed: TrafficBed
  let listeners: TrafficListeners
  /// Arrivals that were received while another one was waited for.
  private var strays: [Sign: Arrival] = [:]
  /// Attempts that are not waited for before the end.
  private var abandoned: Set<Sign> = []

  init(_ bed: TrafficBed) throws {
    self.bed = bed
    listeners = try TrafficListeners(bed)
  }

  /// Makes a connection; nil if it arrived nowhere.
  ///
  /// - Parameter patience: the time limit of its arrival, in milliseconds.
  func drive(_ flow: Flow, patience: Int32) throws -> Arrival? {
    guard let attempt = try begin(flow) else { return nil }
    return try arrival(of: attempt, patience)
  }

  /// Begins to make a connection; nil if the kernel refused at once.
  func begin(_ flow: Flow) throws -> Attempt? {
    let file = try bed.inside(flow.direction == .outbound ? .app : .peer) { try open(flow) }
    let attempt = Attempt(file: file, flow: flow)
    try prepare(file, flow)
    switch flow.proto {
    case .tcp:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(file.rawValue, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      guard SocketCalls.connect(file, flow.destination) else { return nil }
      attempt.sign = SocketCalls.localEnd(file).map(Sign.peer)
    default:
      let word = UInt64.random(in: 1 ... .max)
      let bytes = withUnsafeBytes(of: word) { Array($0) }
      guard SocketCalls.send(file, bytes, flow.destination) else { return nil }
      attempt.sign = .word(word)
    }
    return attempt
  }

  /// The arrival of an attempt, which may have been received while others were waited for.
  func arrival(of attempt: Attempt, _ patience: Int32) throws -> Arrival? {
    guard let sign = attempt.sign else { return nil }
    if let stray = strays.removeValue(forKey: sign) { return stray }
    while let next = try next(attempt.flow.proto, attempt.flow.destination.address.family, patience) {
      // NAT gives a connection another source port where two would be the same after it: any that is not known to be
      // another is this one.
      let isOther = attempt.flow.proto == .udp || abandoned.contains(next.sign)
      if next.sign == sign || !isOther { return next.arrival }
      strays[next.sign] = next.arrival
    }
    return nil
  }

  /// Leaves an attempt to be looked for at the end, by `takeStrays`.
  func abandon(_ attempt: Attempt) {
    if let sign = attempt.sign { abandoned.insert(sign) }
  }

  /// Collects what arrives within a time, and forgets everything.
  func takeStrays(patience: Int32) throws -> [Sign: Arrival] {
    for proto in [IPProtocol.udp, .tcp] {
      for family in IPFamily.allCases {
        while let next = try next(proto, family, patience) { strays[next.sign] = next.arrival }
      }
    }
    defer {
      strays = [:]
      abandoned = []
    }
    return strays
  }

  private func next(_ proto: IPProtocol, _ family: IPFamily, _ patience: Int32) throws -> (
    sign: Sign, arrival: Arrival
  )? {
    guard let listener = listeners.wait(proto, family, milliseconds: patience) else { return nil }
    if proto == .tcp { return try accept(listener) }
    var word: UInt64 = 0
    guard recv(listener.file.rawValue, &word, MemoryLayout.size(ofValue: word), 0) > 0 else { return nil }
    return (.word(word), Arrival(place: listener.place, port: listener.port))
  }

  private func accept(_ listener: TrafficListeners.Listener) throws -> (sign: Sign, arrival: Arrival)? {
    let number = Glibc.accept(listener.file.rawValue, nil, nil)
    // The other side may have given up already.
    guard number >= 0 else { return nil }
    let file = FileDescriptor(rawValue: number)
    defer { try? file.close() }
    guard let peer = SocketCalls.peerEnd(file) else { return nil }
    let arrival = Arrival(
      place: listener.place, port: listener.port, local: SocketCalls.localEnd(file),
      original: SocketCalls.originalDestination(file, listener.family))
    return (.peer(peer), arrival)
  }
}

extension TrafficDriver {
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

  private func open(_ flow: Flow) throws -> FileDescriptor {
    let file = try SocketCalls.open(flow.destination.address.family, flow.proto, as: flow.owner)
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
}
