import CNetfilter
import Glibc
public import Intercept
import Sockets
import SystemPackage

/// The x_tables of `iptables-legacy`. Packets traverse them besides nf_tables: both rule sets can be active, and each
/// program shows only its own.
public enum LegacyTables {
  /// An Istio chain.
  public struct IstioChain: Hashable, Sendable {
    public let family: IPFamily
    public let table: String
    public let chain: String
  }

  /// The Istio chains of the thread's namespace. Empty without CAP_NET_ADMIN, or if the list of tables, which only
  /// root may read, is not readable.
  public static func istioChains() -> [IstioChain] {
    IPFamily.allCases.flatMap { family in
      (tables(family) ?? []).flatMap { table in
        let chains = (try? LegacyTable.chains(of: table, family)) ?? []
        return chains.filter { $0.hasPrefix("ISTIO_") }
          .map { IstioChain(family: family, table: table, chain: $0) }
      }
    }
  }

  /// The names of the existing tables; nil if the process may not read them. Asking for a table by name would create
  /// it.
  static func tables(_ family: IPFamily) -> [String]? {
    do {
      let path = FilePath("/proc/thread-self/net/\(family.listName)")
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      return try file.closeAfter { try file.readText(atMost: 4096) }.split(separator: "\n").map(String.init)
    } catch {
      // The module of the tables is not loaded.
      return error as? Errno == .noSuchFileOrDirectory ? [] : nil
    }
  }
}

extension LegacyTables.IstioChain: CustomStringConvertible {
  /// `ISTIO_OUTPUT in nat (IPv4)`.
  public var description: String { "\(chain) in \(table) (\(family))" }
}

extension IPFamily {
  fileprivate var listName: String {
    switch self {
    case .ipv4: "ip_tables_names"
    case .ipv6: "ip6_tables_names"
    }
  }
}

extension FileDescriptor {
  /// The contents of a small file from the current offset.
  func readText(atMost size: Int) throws -> String {
    let bytes = unsafe try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The chain names of an x_tables table: a chain begins with an entry whose target is named ERROR and contains the
/// name of the chain.
enum LegacyTable {
  /// The names of user-defined chains.
  static func chains(of table: String, _ family: IPFamily) throws(Errno) -> [String] {
    let socket = try InternetSocket.open(family)
    for _ in 0..<attempts {
      do {
        return chains(inEntries: try entries(of: table, family, socket), family)
      } catch {
        // Another program has changed the table since its size was read.
        if error != .resourceTemporarilyUnavailable, error != .invalidArgument { throw error }
      }
    }
    throw .resourceTemporarilyUnavailable
  }

  private static var attempts: Int { 5 }

  private static func entries(
    of table: String, _ family: IPFamily, _ socket: borrowing InternetSocket
  ) throws(Errno) -> [UInt8] {
    let level = socket.level(family)
    let name = Array(table.utf8.prefix(Int(CNETFILTER_IPT_NAME) - 1))
    let header = Int(CNETFILTER_IPT_ENTRIES)
    var info = name + zeros(Int(CNETFILTER_IPT_INFO) - name.count)
    try socket.read(level, Int32(CNETFILTER_IPT_GET_INFO), into: &info)
    let size = info.number(at: Int(CNETFILTER_IPT_INFO_SIZE), as: UInt32.self)
    var entries = name + zeros(header + size - name.count)
    entries.replaceSubrange(
      Int(CNETFILTER_IPT_ENTRIES_SIZE)..<Int(CNETFILTER_IPT_ENTRIES_SIZE) + 4,
      with: info[Int(CNETFILTER_IPT_INFO_SIZE)..<Int(CNETFILTER_IPT_INFO_SIZE) + 4])
    try socket.read(level, Int32(CNETFILTER_IPT_GET_ENTRIES), into: &entries)
    return Array(entries.dropFirst(header))
  }

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  /// Reads the entries in order, up to the first invalid one.
  static func chains(inEntries bytes: [UInt8], _ family: IPFamily) -> [String] {
    let fields = EntryFields(family)
    var chains: [String] = []
    var start = 0
    while start + fields.size <= bytes.count {
      let target = start + bytes.number(at: start + fields.target, as: UInt16.self)
      if let name = bytes.errorName(at: target) { chains.append(name) }
      let length = bytes.number(at: start + fields.next, as: UInt16.self)
      guard length >= fields.size else { break }
      start += length
    }
    // The last one marks the end of the table.
    return chains.dropLast()
  }
}

/// The offsets of an entry's fields, in bytes.
private struct EntryFields {
  let target: Int
  let next: Int
  let size: Int

  init(_ family: IPFamily) {
    switch family {
    case .ipv4:
      (target, next) = (Int(CNETFILTER_IPT_ENTRY_TARGET), Int(CNETFILTER_IPT_ENTRY_NEXT))
      size = MemoryLayout<ipt_entry>.size
    case .ipv6:
      (target, next) = (Int(CNETFILTER_IP6T_ENTRY_TARGET), Int(CNETFILTER_IP6T_ENTRY_NEXT))
      size = MemoryLayout<ip6t_entry>.size
    }
  }
}

extension [UInt8] {
  /// A number in host order; 0 after the end.
  fileprivate func number<Number: FixedWidthInteger>(at start: Int, as type: Number.Type) -> Int {
    guard start >= 0, start + MemoryLayout<Number>.size <= count else { return 0 }
    return unsafe withUnsafeBytes { Int(unsafe $0.loadUnaligned(fromByteOffset: start, as: type)) }
  }

  /// The name in an ERROR target; nil for any other target.
  fileprivate func errorName(at target: Int) -> String? {
    guard text(at: target + 2, upTo: 29) == XT_ERROR_TARGET else { return nil }
    return unsafe text(at: target + MemoryLayout<xt_entry_target>.size, upTo: 30)
  }

  private func text(at start: Int, upTo limit: Int) -> String? {
    guard start >= 0, start < count else { return nil }
    return String(decoding: self[start...].prefix(limit).prefix { $0 != 0 }, as: UTF8.self)
  }
}
