import ArgumentParser
import Intercept

/// The flags that describe a connection.
struct FlowFlags: ParsableArguments {
  @Option(parsing: .unconditional, help: "Where it goes: 10.0.0.1:80 or [fd00::1]:80.")
  var to: String?

  @Option(parsing: .unconditional, help: "Where it comes from: an address, or an address and a port.")
  var from: String?

  @Option(help: "Who made the socket, a number. (default: 0)")
  var uid: String?

  @Option(help: "The group of who made the socket. (default: the number of --uid)")
  var gid: String?

  @Flag(help: "There is no socket: an answer of the kernel's own, say.")
  var noOwner = false

  @Option(help: "Where it leaves or comes in. (default: lo to this host itself, else eth0)")
  var interface: String?

  @Flag(help: "It is UDP, not TCP.")
  var udp = false

  @Option(help: "The mark its packet has when it comes.")
  var mark: String?

  @Option(help: "What connection tracking says: new, established, related or invalid. (default: new)")
  var state: String?

  @Option(parsing: .unconditional, help: "The server name (SNI) in its TLS greeting, for --envoy-config.")
  var sni: String?

  @Option(parsing: .unconditional, help: "The protocols (ALPN) in its TLS greeting, best first.")
  var alpn: String?

  @Option(help: "What its plain bytes look like to the proxy: http/1.1 (or http), http/1.0 or h2c.")
  var appProtocol: String?

  @Flag(help: "It begins with a TLS greeting, of which no more is known.")
  var tls = false
}

extension FlowFlags {
  /// The same as a line of a flow file has it.
  func description(_ direction: String?, listener: String?) -> FlowDescription {
    FlowDescription(
      direction: direction, to: to, from: from, uid: uid, gid: gid, noOwner: noOwner, interface: interface,
      udp: udp, mark: mark, state: state,
      greeting: GreetingDescription(sni: sni, alpn: alpn, appProtocol: appProtocol, tls: tls),
      listener: listener)
  }
}
