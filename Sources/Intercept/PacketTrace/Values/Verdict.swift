public import NetworkValues

/// What becomes of a connection, as far as rules decide.
public enum Verdict: Hashable, Sendable {
  /// It goes where it was sent.
  case accept
  /// It goes to a port of this host, by NAT.
  case redirect(to: Endpoint)
  /// A listener of this host gets it as it is.
  case tproxy(port: Port)
  case drop
  /// The rules say something that this program does not understand, and it matters.
  case unknown
}
