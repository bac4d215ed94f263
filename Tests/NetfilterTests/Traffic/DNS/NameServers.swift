import Intercept
import SystemPackage
import TestSupport

/// Who answers a pod's DNS queries in one family: the proxy's agent in the pod, and a server outside.
struct NameServers {
  private let bed: TrafficBed
  private let agent: DatagramSocket
  private let server: DatagramSocket
  private let clientAddress: IPAddress
  /// The address that all programs of the pod send queries to.
  private let serverEnd: Endpoint

  private static let proxy = UserID(rawValue: 1337).flatMap { user in
    GroupID(rawValue: 1337).map { SocketOwner(user: user, group: $0) }
  }

  /// Whom a query comes from.
  enum Client {
    case app, proxy

    fileprivate var owner: SocketOwner? {
      switch self {
      case .app: nil
      case .proxy: NameServers.proxy
      }
    }
  }

  init(_ family: IPFamily, on bed: TrafficBed) throws {
    guard let loopback = IPAddress(family == .ipv4 ? "127.0.0.1" : "::1"),
      let outside = IPAddress(family == .ipv4 ? "10.96.0.10" : "2001:db8::53"),
      let client = TrafficBed.appAddresses.first(where: { $0.family == family })
    else { throw Errno.invalidArgument }
    self.bed = bed
    clientAddress = client
    serverEnd = Endpoint(outside, 53)
    let agentEnd = Endpoint(loopback, 15053)
    agent = try bed.inside(.app) { try DatagramSocket(at: agentEnd, of: Self.proxy) }
    let serverEnd = serverEnd
    server = try bed.inside(.peer) { try DatagramSocket(at: serverEnd, of: nil) }
  }

  /// Waits until the cable is there and its ends know each other, before there are rules.
  func warmUp() throws {
    for _ in 0..<100 { if try ask(from: 40000, of: .proxy, patience: 100) != nil { return } }
  }

  /// Sends a query from a port to the server, has whoever gets it answer, and says what the client gets.
  ///
  /// - Parameter patience: how long each may take, in milliseconds.
  func ask(from port: Port, of client: Client, patience: Int32 = 5000) throws -> String? {
    let end = Endpoint(clientAddress, port)
    let socket = try bed.inside(.app) { try DatagramSocket(at: end, of: client.owner) }
    let query = "\(UInt64.random(in: 0 ... .max))"
    guard socket.send(query, to: serverEnd), answer(query, patience) else { return nil }
    // An answer from another address than the one asked does not count.
    return socket.receive(within: patience).flatMap { $0.sender == serverEnd ? $0.text : nil }
  }

  /// Lets the server that receives a query answer it. Earlier queries, whose clients no longer wait, are skipped.
  private func answer(_ query: String, _ patience: Int32) -> Bool {
    while let asked = DatagramSocket.first(of: [agent, server], within: patience),
      let next = asked.receive(within: 0)
    {
      if next.text == query { return asked.send(asked === agent ? "agent" : "server", to: next.sender) }
    }
    return false
  }

  /// The entries of connection tracking for queries from a port: their zone, and the port that answers.
  func flows(from port: Port) throws -> Set<Flow> {
    let family = clientAddress.family.rawValue
    let lines = try bed.inside(.app) { try run("conntrack", "-L", "-f", family, "-p", "udp") }
    return Set(lines.split(separator: "\n").filter { $0.contains("sport=\(port) ") }.map(Flow.init))
  }

  /// A line of `conntrack -L`.
  struct Flow: Hashable {
    /// Zero is the one that everything is in without a rule.
    let zone: Int
    let answeringPort: Int?
    let isAnswered: Bool

    init(zone: Int, answeringPort: Int) {
      (self.zone, self.answeringPort, isAnswered) = (zone, answeringPort, true)
    }

    fileprivate init(_ line: Substring) {
      let words = line.split(separator: " ")
      let values = { (name: String) in
        words.filter { $0.hasPrefix("\(name)=") }.compactMap { Int($0.dropFirst(name.count + 1)) }
      }
      zone = values("zone").first ?? 0
      answeringPort = values("sport").last
      isAnswered = !words.contains("[UNREPLIED]")
    }
  }
}
