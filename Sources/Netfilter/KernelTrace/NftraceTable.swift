import CNetfilter
import Glibc
import Intercept
import NFTables
import Netlink
import RuleEncoding

/// The table by which packets are traced: a rule in front of all others that marks them for it, and empty chains that
/// show them before and after everybody else's rules. It decides nothing.
///
/// The kernel removes it when the socket that made it is closed (NFT_TABLE_F_OWNER, Linux 5.12), so that it goes away
/// with the process, however that ends. A program that this process is just starting may hold the socket a moment longer:
/// the next table needs another name.
struct NftraceTable {
  let table: RawTable
  let watched: TracedConnection

  init(_ watched: TracedConnection) {
    self.watched = watched
    let number = UInt32.random(in: .min ... .max)
    table = RawTable(
      family: TableFamily(watched.family), name: "istio-iptables-trace-\(getpid())-\(number)",
      flags: UInt32(NFT_TABLE_F_OWNER.rawValue))
  }

  /// What makes the table.
  func batch() throws(NetlinkError) -> Batch {
    var batch = Batch()
    try batch.add(table)
    for place in Place.allCases { try batch.add(chain(place)) }
    let rule = try rule()
    try batch.append(rule, label: { "the rule that traces \(watched.flow.destination)" })
    return batch
  }

  private func rule() throws(NetlinkError) -> RawRule {
    do throws(PartEncodingError) {
      return RawRule(
        family: table.family, table: table.name, chain: place.rawValue, expressions: try watched.expressions()
      )
    } catch {
      throw NetlinkError("make the rule that traces", error.part, .inexpressible(error.reason))
    }
  }

  /// Where packets are marked.
  private var place: Place { watched.flow.direction == .outbound ? .output : .prerouting }

  private func chain(_ place: Place) -> RawChain {
    let base = BaseChain(type: .filter, hook: place.hook, priority: place.priority)
    return RawChain(family: table.family, table: table.name, name: place.rawValue, base: base)
  }

  /// Its chains: the first at the hooks where packets come from somewhere, the last where they go somewhere.
  private enum Place: String, CaseIterable {
    case output, prerouting, input, postrouting

    var hook: BaseChain.HookNumber {
      switch self {
      case .output: .output
      case .prerouting: .prerouting
      case .input: .input
      case .postrouting: .postrouting
      }
    }

    var priority: Int32 {
      switch self {
      case .output, .prerouting: .min
      // At the very last connection tracking may still drop the packet.
      case .input, .postrouting: .max - 1
      }
    }
  }
}
