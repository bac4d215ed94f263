import CNetfilter
import Glibc
import Intercept
import NFTables
import Netlink
import RuleEncoding

/// The table that sets `meta nftrace`: a rule before all others, and empty chains before and after all other rules,
/// whose events show the packet there. It has no verdicts.
///
/// The kernel removes it when its socket is closed (NFT_TABLE_F_OWNER, Linux 5.12), at the latest with the process. A
/// child process may hold the socket a moment longer, so each table has a unique name.
struct NftraceTable {
  let table: RawTable
  let traced: TracedConnection

  init(_ traced: TracedConnection) {
    self.traced = traced
    let number = UInt32.random(in: .min ... .max)
    table = RawTable(
      family: TableFamily(traced.family), name: "istio-iptables-trace-\(getpid())-\(number)",
      flags: UInt32(NFT_TABLE_F_OWNER.rawValue))
  }

  /// The batch that creates the table.
  func batch() throws(NetlinkError) -> Batch {
    var batch = Batch()
    try batch.add(table)
    for place in Place.allCases { try batch.add(chain(place)) }
    let rule = try rule()
    try batch.append(rule, label: { "the rule that traces \(traced.flow.destination)" })
    return batch
  }

  private func rule() throws(NetlinkError) -> RawRule {
    do throws(PartEncodingError) {
      return RawRule(
        family: table.family, table: table.name, chain: place.rawValue, expressions: try traced.expressions()
      )
    } catch {
      throw NetlinkError("make the rule that traces", error.part, .inexpressible(error.reason))
    }
  }

  /// The hook at which packets are marked.
  private var place: Place { traced.flow.direction == .outbound ? .output : .prerouting }

  private func chain(_ place: Place) -> RawChain {
    let base = BaseChain(type: .filter, hook: place.hook, priority: place.priority)
    return RawChain(family: table.family, table: table.name, name: place.rawValue, base: base)
  }

  /// The chains: the first ones at output and prerouting, the last ones at input and postrouting.
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
      // At the last priority connection tracking may still drop the packet.
      case .input, .postrouting: .max - 1
      }
    }
  }
}
