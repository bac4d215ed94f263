import Intercept
import NFTables
import RuleEncoding

extension Expression {
  /// The kernel modules that the expression needs besides nf_tables itself.
  var kernelModules: [String] {
    switch self {
    case .match(let xt), .target(let xt): ["nft_compat", "xt_\(xt.name)"] + xt.helperModules
    case .conntrack, .notrack: ["nft_ct"]
    case .redirect: ["nft_redir"]
    case .tproxy: ["nft_tproxy"]
    case .unknown(let expression): ["nft_\(expression.name)"]
    case .meta, .payload, .compare, .range, .bitwise, .byteorder, .lookup, .counter, .immediate: []
    }
  }
}

extension XtExtension {
  /// Modules that the extension's module depends on.
  fileprivate var helperModules: [String] {
    switch name {
    case "REDIRECT": ["nf_nat"]
    case "CT", "conntrack", "connmark", "CONNMARK": ["nf_conntrack"]
    case "TPROXY": ["nf_tproxy_ipv4", "nf_tproxy_ipv6"]
    default: []
    }
  }
}

extension Plan {
  /// The kernel modules that the operations with these labels need.
  func kernelModules(for labels: Set<String>) -> [String] {
    var modules: [String] = []
    for operation in operations where labels.contains(operation.description) {
      modules += operation.kernelModules.filter { !modules.contains($0) }
    }
    return modules
  }
}

extension PlanOperation {
  fileprivate var kernelModules: [String] {
    switch self {
    case .addRule(let rule, let place, _):
      ((try? rule.encoded(place.family).expressions) ?? []).flatMap(\.kernelModules)
    case .makeChain(let place): place.table == .nat ? ["nft_chain_nat"] : []
    case .addNativeRule(let rule, let chain, let table):
      ((try? rule.encoded(table: table.kernelName, chain: chain.text))?.rule.expressions ?? [])
        .flatMap(\.kernelModules)
    case .makeNativeChain(_, let base, _): base?.kind == .nat ? ["nft_chain_nat"] : []
    case .makeTable, .makeNativeTable: ["nf_tables"]
    case .wakeTable, .deleteRule, .flushChain, .deleteChain, .deleteTable, .deleteNativeTable: []
    }
  }
}
