import Intercept
import Netfilter

extension Installation {
  /// A sentence about an IPv6 address of the namespace if the rules are for IPv4 alone; nil if there is none, or the
  /// addresses cannot be read.
  public func uncapturedFamily() -> String? {
    guard !configuration.includesIPv6 else { return nil }
    guard let found = try? backend.namespace.run({ try NamespaceAddresses.firstIPv6() }) else { return nil }
    return "IPv6 (\(found.address) on \(found.interface)) is not captured; --ip-family dual captures it"
  }
}
