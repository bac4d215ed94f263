import CNetfilter
import Netlink

/// A match or target of x_tables in an nf_tables rule (`match`, `target`).
package struct XtExtension: Hashable, Sendable {
  package var name: String
  package var revision: UInt32
  /// The extension's C struct, with the padding that XT_ALIGN adds.
  package var info: [UInt8]
  /// The name of the set of `-m set`, of which the struct has the index; nil if it is not known. The kernel takes the index.
  package var setName: String?

  package init(_ name: String, revision: UInt32, info: [UInt8]) {
    self.name = name
    self.revision = revision
    self.info = info
  }

  /// Far above the size of any extension, far below the limit of an attribute.
  static var largestInfo: Int { 4096 }
}

extension XtExtension {
  init?(match data: AttributeTable) {
    guard let name = data[NFTA_MATCH_NAME]?.string, let revision = data[NFTA_MATCH_REV]?.big32,
      let info = data[NFTA_MATCH_INFO]?.bytes
    else { return nil }
    self.init(name, revision: revision, info: info)
  }

  init?(target data: AttributeTable) {
    guard let name = data[NFTA_TARGET_NAME]?.string, let revision = data[NFTA_TARGET_REV]?.big32,
      let info = data[NFTA_TARGET_INFO]?.bytes
    else { return nil }
    self.init(name, revision: revision, info: info)
  }

  func encodeMatch(into message: inout MessageBuilder) throws(NetlinkFailure) {
    try check()
    message.put(NFTA_MATCH_NAME, string: name)
    message.put(NFTA_MATCH_REV, big32: revision)
    message.put(NFTA_MATCH_INFO, bytes: info[...])
  }

  func encodeTarget(into message: inout MessageBuilder) throws(NetlinkFailure) {
    try check()
    message.put(NFTA_TARGET_NAME, string: name)
    message.put(NFTA_TARGET_REV, big32: revision)
    message.put(NFTA_TARGET_INFO, bytes: info[...])
  }

  private func check() throws(NetlinkFailure) {
    guard name.utf8.count < XT_EXTENSION_MAXNAMELEN, !name.utf8.contains(0) else {
      throw .inexpressible("the name of the extension \"\(name)\" is too long or holds a NUL")
    }
    guard info.count <= Self.largestInfo else {
      throw .inexpressible("an extension's blob of \(info.count) bytes is too large")
    }
  }
}
