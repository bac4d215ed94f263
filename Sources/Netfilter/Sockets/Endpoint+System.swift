package import CNetfilter
import Glibc
package import Intercept

extension Endpoint {
  package var family: IPFamily { address.family }

  /// Runs a body with the address as a `sockaddr`.
  package func withSystemForm<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch address {
    case .ipv4(let address): unsafe Self.lend(ipv4(address), body)
    case .ipv6(let address): unsafe Self.lend(ipv6(address), body)
    }
  }

  private func ipv4(_ address: IPv4Address) -> sockaddr_in {
    var form = sockaddr_in()
    form.sin_family = sa_family_t(AF_INET)
    form.sin_port = port.rawValue.bigEndian
    form.sin_addr.s_addr = address.bits.bigEndian
    return form
  }

  private func ipv6(_ address: IPv6Address) -> sockaddr_in6 {
    var form = sockaddr_in6()
    form.sin6_family = sa_family_t(AF_INET6)
    form.sin6_port = port.rawValue.bigEndian
    unsafe withUnsafeMutableBytes(of: &form.sin6_addr) { bytes in
      unsafe bytes.storeBytes(of: address.bits.bigEndian, as: UInt128.self)
    }
    return form
  }

  private static func lend<Form, Result>(
    _ form: Form, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    unsafe withUnsafePointer(to: form) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe body(address, socklen_t(MemoryLayout<Form>.size))
      }
    }
  }
}
