import CNIPlugin
import Installation
import Intercept
import Netfilter

/// The node that the plugin runs on: its kernel and its agent.
struct Node: PluginHost {
  func facts(ofNamespace path: String) -> any HostFacts { NamespaceFacts(path: path) }

  func ask(_ request: String, at socket: String) -> [UInt8]? {
    AgentConnection.answer(to: request, at: socket, within: .seconds(2), atMost: AgentProtocol.maximumAnswer)
  }

  func install(_ rules: PodRules, inNamespace path: String) throws(CNIError) -> [String] {
    let installation = Installation(rules.configuration, rules.run, in: try Self.open(path))
    do throws(InstallationError) {
      let report = try installation.apply()
      return report.description.split(separator: "\n").map(String.init) + report.warnings
    } catch {
      throw CNIError(.notInstalled, "the rules could not be installed", details: "\(error)")
    }
  }

  func differences(from rules: PodRules, inNamespace path: String) throws(CNIError) -> [String] {
    let installation = Installation(rules.configuration, rules.run, in: try Self.open(path))
    do throws(InstallationError) {
      let diff = try installation.differences()
      return diff.isEmpty ? [] : diff.summaries
    } catch {
      throw CNIError(.notInstalled, "the rules could not be read", details: "\(error)")
    }
  }

  func checkKernel() throws(CNIError) {
    do {
      var connection = try KernelConnection.open()
      _ = try connection.generation()
    } catch {
      throw CNIError(.notAvailable, "nf_tables cannot be used", details: "\(error)")
    }
  }

  /// Opens a pod's namespace.
  ///
  /// - Throws: `CNIError` if it cannot be opened, or is the node's own.
  private static func open(_ path: String) throws(CNIError) -> NetworkNamespace {
    let (namespace, own): (NetworkNamespace, NetworkNamespace)
    do throws(NamespaceError) {
      namespace = try .open(path)
      own = try .open("/proc/self/ns/net")
    } catch {
      throw CNIError(.invalidVariables, "CNI_NETNS: \(error)")
    }
    guard namespace != own else {
      throw CNIError(
        .invalidVariables, "CNI_NETNS is the network namespace of the node, whose rules are not changed")
    }
    return namespace
  }
}

/// The facts of a pod's namespace. Users and groups are numbers; DNS is captured for every server.
private struct NamespaceFacts: HostFacts {
  let path: String

  func user(named name: String) -> Intercept.UserID? { nil }
  func group(named name: String) -> Intercept.GroupID? { nil }
  func nameservers() throws -> [IPAddress] { [] }

  func usesIPv6(pastFirst: Bool) throws -> Bool {
    let namespace = try NetworkNamespace.open(path)
    return try namespace.run { try NamespaceAddresses.read().usesIPv6(dualStack: pastFirst) }
  }
}
