import CNetfilter

/// The name of a table, chain or set: text that fits the kernel's limit and holds no NUL, which would
/// silently name something else.
struct KernelName {
  let text: String

  init(_ text: String) throws(NetlinkFailure) {
    guard !text.isEmpty else { throw .inexpressible("a name is empty") }
    guard text.utf8.count < NFT_NAME_MAXLEN else {
      throw .inexpressible("the name \"\(text)\" is longer than \(NFT_NAME_MAXLEN - 1) bytes")
    }
    guard !text.utf8.contains(0) else { throw .inexpressible("the name \"\(text)\" holds a NUL") }
    self.text = text
  }
}
