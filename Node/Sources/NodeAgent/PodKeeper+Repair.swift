import ContainerRuntime
import Logging

extension PodKeeper {
  /// Takes the action of the mode on a pod whose rules differ.
  func repair(_ entry: PodTable.Entry, _ rules: PodRules, _ network: SandboxNamespace)
    async throws(PodRuleError)
  {
    switch mode {
    case .off: metrics.repaired(mode, .skip)
    case .repair: try await install(entry, rules, network)
    case .label, .delete: await edit(entry)
    }
  }

  private func install(_ entry: PodTable.Entry, _ rules: PodRules, _ network: SandboxNamespace)
    async throws(PodRuleError)
  {
    do throws(PodRuleError) {
      let start = ContinuousClock.now
      let line = try await inKernel { store throws(PodRuleError) in
        let line = try store.install(rules, in: network)
        let left = try store.inspect(rules, in: network, since: nil).drift
        guard left.isEmpty else { throw .failed("its rules still differ after the repair: \(left.summary)") }
        return line
      }
      metrics.applied(in: .now - start)
      metrics.repaired(mode, .success)
      log.notice("repaired", metadata: entry.metadata(["rules": "\(line.onOneLine)"]))
      await report(entry, .whole)
    } catch {
      if error != .ended { metrics.repaired(mode, .fail) }
      throw error
    }
  }

  /// Labels or deletes a pod.
  private func edit(_ entry: PodTable.Entry) async {
    let pod = entry.sandbox
    do {
      switch mode {
      case .label: try await editor?.label(namespace: pod.namespace, name: pod.name)
      case .delete: try await editor?.delete(namespace: pod.namespace, name: pod.name, uid: pod.uid)
      case .repair, .off: break
      }
      metrics.repaired(mode, editor == nil ? .skip : .success)
      metrics.requested(succeeded: editor != nil)
    } catch {
      metrics.repaired(mode, .fail)
      metrics.requested(succeeded: false)
      await report(entry, .broken("\(mode.rawValue): \(error)"))
    }
  }
}
