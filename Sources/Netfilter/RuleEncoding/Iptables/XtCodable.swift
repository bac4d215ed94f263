import CNetfilter
import Intercept
import NFTables

/// A match or target that iptables-nft encodes as the C struct of an x_tables module.
protocol XtCodable: IptablesExtension {
  /// The revision of the struct.
  static var revision: UInt32 { get }

  /// The struct's bytes.
  func info(_ family: IPFamily) throws(PartEncodingError) -> [UInt8]

  /// Decodes the struct; nil if this type cannot represent it.
  init?(info: [UInt8], _ family: IPFamily)
}

extension XtCodable {
  func xtExtension(_ family: IPFamily) throws(PartEncodingError) -> XtExtension {
    XtExtension(Self.name, revision: Self.revision, info: try info(family))
  }

  init?(_ xt: XtExtension, _ family: IPFamily) {
    guard xt.name == Self.name, xt.revision == Self.revision else { return nil }
    self.init(info: xt.info, family)
  }
}

extension [UInt8] {
  /// The bytes of a kernel struct, its size rounded up to XT_ALIGN. The struct is filled in place, so padding
  /// stays zero.
  ///
  /// Swift does not import every C struct as `BitwiseCopyable`, hence no such constraint.
  init<Info>(xt: Info.Type, _ fill: (inout Info) -> Void) {
    let alignment = MemoryLayout<_xt_align>.alignment
    let size = (MemoryLayout<Info>.size + alignment - 1) / alignment * alignment
    self.init(repeating: 0, count: size)
    unsafe withUnsafeMutableBytes { bytes in
      let info = unsafe bytes.bindMemory(to: Info.self)
      unsafe fill(&info[0])
    }
  }

  /// The kernel struct at the start of these bytes; nil if there are too few.
  func xt<Info>(_ type: Info.Type) -> Info? {
    guard count >= MemoryLayout<Info>.size else { return nil }
    return unsafe withUnsafeBytes { bytes in unsafe bytes.bindMemory(to: type)[0] }
  }
}
