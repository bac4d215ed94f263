import CNetfilter

/// The number that the kernel gives the state of all tables of a namespace; every commit makes a new one
/// (NFTA_GEN_ID).
package struct Generation: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension Generation {
  init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (_, attributes) = try message.body(nfgenmsg.self)
    guard let number = attributes[NFTA_GEN_ID]?.big32 else {
      throw .malformed("a generation without a number")
    }
    self.init(rawValue: number)
  }
}
