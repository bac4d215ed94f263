import Intercept
import Netfilter

extension Installation {
  /// A sentence about the TCP connections of the namespace that are older than its rules; nil without any, or if they
  /// cannot be read.
  ///
  /// NAT sees the first packet of a connection only. Connection tracking takes the next packet of a connection that it
  /// does not know for the first: then the rules redirect it, and the connection breaks.
  func openConnections() -> String? {
    guard let count = try? backend.namespace.run({ try NamespaceConnections.count() }), count > 0 else {
      return nil
    }
    return
      "\(count) \(count == 1 ? "connection was" : "connections were") open before the rules: not captured, and reset "
      + "if connection tracking does not know \(count == 1 ? "it" : "them"); 'connections' lists them"
  }
}
