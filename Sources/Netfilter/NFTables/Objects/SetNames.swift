import CNetfilter
import Netlink

/// Names of sets of ipset: a rule has the index of its set, which is another one after the next boot.
extension NFTablesConnection where Transport: ~Copyable {
  /// Names the sets that matches refer to; one of which the kernel does not answer stays without a name.
  mutating func nameSets(in rules: inout [RawRule]) {
    var names: [UInt16: String?] = [:]
    for rule in rules.indices {
      for part in rules[rule].expressions.indices {
        guard case .match(var match) = rules[rule].expressions[part], let index = match.setIndex else {
          continue
        }
        let name = names[index] ?? (try? setName(of: index))
        names[index] = .some(name)
        match.setName = name
        rules[rule].expressions[part] = .match(match)
      }
    }
  }

  /// Asks for the name of a set (IPSET_CMD_GET_BYINDEX).
  private mutating func setName(of index: UInt16) throws(NetlinkFailure) -> String? {
    let sequence = UInt32.freshSequence
    let number = UInt16(NFNL_SUBSYS_IPSET) << 8 | UInt16(IPSET_CMD_GET_BYINDEX.rawValue)
    var request = MessageBuilder(type: number, sequence: sequence)
    request.put(header: nfgenmsg(nfgen_family: 0, version: UInt8(NFNETLINK_V0), res_id: 0))
    request.put(IPSET_ATTR_PROTOCOL, bytes: [UInt8(IPSET_PROTOCOL)])
    request.put(IPSET_ATTR_INDEX, bytes: [UInt8(index >> 8), UInt8(truncatingIfNeeded: index)])
    let (_, attributes) = try ask(request, sequence: sequence).body(nfgenmsg.self)
    return attributes[IPSET_ATTR_SETNAME]?.string
  }
}

extension XtExtension {
  /// The index of the set of `-m set` (`struct xt_set_info`); nil for other matches.
  fileprivate var setIndex: UInt16? { name == "set" ? info.prefix(2).exactly(UInt16.self) : nil }
}
