import CNetfilter
import Glibc
public import Intercept
import SystemPackage

/// The tables of the interface before nf_tables, which `iptables-legacy` works on. Packets pass them as well: two
/// sets of rules can be active at once, and each program shows its own alone.
public enum LegacyTables {
  /// A chain of Istio's.
  public struct IstioChain: Hashable, Sendable {
    public let family: IPFamily
    public let table: String
    public let chain: String
  }

  /// The chains of Istio's in the thread's namespace. It needs CAP_NET_ADMIN and a list that root alone may read;
  /// where the process may not look, there are none.
  public static func istioChains() -> [IstioChain] {
    IPFamily.allCases.flatMap { family in
      (tables(family) ?? []).flatMap { table in
        let chains = (try? LegacyTable.chains(of: table, family)) ?? []
        return chains.filter { $0.hasPrefix("ISTIO_") }
          .map { IstioChain(family: family, table: table, chain: $0) }
      }
    }
  }

  /// The names of the tables that there are; nil where the process may not see them. To ask for a table by its name
  /// would make it.
  static func tables(_ family: IPFamily) -> [String]? {
    do {
      let path = FilePath("/proc/thread-self/net/\(family.listName)")
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      return try file.closeAfter { try file.readText(atMost: 4096) }.split(separator: "\n").map(String.init)
    } catch {
      // The module that has the tables is not loaded.
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
  /// What a small file holds from here on.
  func readText(atMost size: Int) throws -> String {
    let bytes = unsafe try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
