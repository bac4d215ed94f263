import CNetfilter
import Glibc
import Intercept
import Netlink
import RuleEncoding
import Sockets
import SystemPackage

/// The x_tables of `iptables-legacy`. Packets traverse them besides nf_tables: both rule sets can be active, and each
/// program shows only its own.
enum LegacyTables {
  /// The rules of a family, read with `IPT_SO_GET_ENTRIES`; no program runs, and no table is created.
  ///
  /// - Throws: `Errno` if the process may not read the tables.
  static func ruleset(_ family: IPFamily) throws(Errno) -> Ruleset {
    guard let names = tables(family) else { throw .permissionDenied }
    var tables: [Table] = []
    for name in names.compactMap(TableName.init(rawValue:)) {
      tables.append(try LegacyTable.read(name.rawValue, family).table(name))
    }
    return Ruleset(family, tables: tables)
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

/// A table of x_tables, read from the kernel.
enum LegacyTable {
  /// Reads the entries of a table of the thread's namespace.
  static func read(_ table: String, _ family: IPFamily) throws(Errno) -> LegacyTableReading {
    let socket = try InternetSocket.open(family)
    for _ in 0..<attempts {
      do {
        return try entries(of: table, family, socket)
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
  ) throws(Errno) -> LegacyTableReading {
    let level = socket.level(family)
    let name = Array(table.utf8.prefix(Int(CNETFILTER_IPT_NAME) - 1))
    let header = Int(CNETFILTER_IPT_ENTRIES)
    var info = name + zeros(Int(CNETFILTER_IPT_INFO) - name.count)
    try socket.read(level, Int32(CNETFILTER_IPT_GET_INFO), into: &info)
    let size = info.number(at: Int(CNETFILTER_IPT_INFO_SIZE))
    var entries = name + zeros(header + size - name.count)
    entries.replaceSubrange(
      Int(CNETFILTER_IPT_ENTRIES_SIZE)..<Int(CNETFILTER_IPT_ENTRIES_SIZE) + 4,
      with: info[Int(CNETFILTER_IPT_INFO_SIZE)..<Int(CNETFILTER_IPT_INFO_SIZE) + 4])
    try socket.read(level, Int32(CNETFILTER_IPT_GET_ENTRIES), into: &entries)
    return LegacyTableReading(Array(entries.dropFirst(header)), family, hooks: hooks(info))
  }

  /// The first entry and the policy's entry of each hook of the table, by the number of the hook (`NF_INET_*`).
  private static func hooks(_ info: [UInt8]) -> [Hook: (first: Int, policy: Int)] {
    let valid = info.number(at: Int(CNETFILTER_IPT_INFO_HOOKS))
    var hooks: [Hook: (first: Int, policy: Int)] = [:]
    for (number, hook) in Hook.allCases.enumerated() where valid & 1 << number != 0 {
      hooks[hook] = (
        info.number(at: Int(CNETFILTER_IPT_INFO_ENTRY) + 4 * number),
        info.number(at: Int(CNETFILTER_IPT_INFO_UNDERFLOW) + 4 * number)
      )
    }
    return hooks
  }

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
}

extension [UInt8] {
  /// An unsigned number of four bytes in host order; 0 after the end.
  fileprivate func number(at start: Int) -> Int {
    self[Swift.min(start, count)...].prefix(4).exactly(UInt32.self).map { Int($0) } ?? 0
  }
}
