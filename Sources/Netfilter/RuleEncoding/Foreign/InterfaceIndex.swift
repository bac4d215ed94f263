import Glibc

/// The numbers of interfaces in the kernel.
enum InterfaceIndex {
  /// The name of an interface in the thread's network namespace (`if_indextoname`); nil if there is none.
  static func name(_ index: UInt32) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
    guard unsafe if_indextoname(index, &bytes) != nil else { return nil }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
