import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads the interfaces with a treatment of their own off nat's built-in chains.
  mutating func readInterfaces(_ live: LiveRules) {
    let output = live.meanings(.nat, .output).prefix { $0.target.destination != .istioOutput }
    excludedInterfaces = output.with(.return).compactMap(\.onlyOutInterface)
    let prerouting = live.meanings(.nat, .prerouting).prefix { $0.target.destination != .istioInbound }
    let captured = live.families.flatMap { $0.meanings(.nat, .prerouting).with(.jump(.istioRedirect)) }
    virtualInterfaces = virtual(
      prerouting.with(.return).compactMap(\.onlyInInterface), Set(captured.map(\.inInterface)))
  }

  /// KubeVirt's interfaces among those by which packets come in that are left alone: they are put in front of the
  /// excluded ones, each before the last; all of them or none are captured as well.
  private func virtual(
    _ inbound: [InterfacePattern], _ captured: Set<InterfacePattern>
  ) -> [InterfacePattern] {
    let count = (0...inbound.count).first { count in
      let (front, rest) = (inbound[..<count], Array(inbound[count...]))
      return captured.isSubset(of: front)
        && (rest == excludedInterfaces || rest == excludedInterfaces.notCovered(by: front))
    }
    return (count.map { inbound[..<$0] } ?? inbound.dropLast(excludedInterfaces.count)).reversed()
  }
}

extension [InterfacePattern] {
  /// Those that the native form has rules for behind others: it leaves out what was named before.
  fileprivate func notCovered(by others: ArraySlice<InterfacePattern>) -> [InterfacePattern] {
    others.contains(.everything) ? [] : filter { !others.contains($0) }
  }
}
