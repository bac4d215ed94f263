import Intercept
import KubernetesObjects

extension Injector {
  /// The proxy's user if it is not the default: the one that the manifest gives to the proxy's container, except root,
  /// or on OpenShift the last of the namespace's block.
  var proxyUser: SourcedValue? {
    if let user = overriding?.user, user != 0, traits.overridesProxyUser {
      return SourcedValue(
        text: "\(user)", source: .container(IstioContainer.proxy, word: "securityContext.runAsUser"))
    }
    guard traits.readsOpenShiftBlocks, !(traits.tproxyHasDefaultUser && mode.text == "TPROXY") else {
      return nil
    }
    return lastID(OpenShiftAnnotation.userIDs)
  }

  /// The proxy's group if Istio's CNI plugin installs the rules, which reads it from the proxy's container; the init
  /// container takes the user's number.
  var proxyGroup: SourcedValue? {
    guard mesh.usesCNI, traits.overridesProxyUser, let group = overriding?.group, group != 0 else {
      return nil
    }
    return SourcedValue(
      text: "\(group)", source: .container(IstioContainer.proxy, word: "securityContext.runAsGroup"))
  }

  /// The security context that the manifest gives to the proxy. On OpenShift it does not count if the app has the same
  /// user, because OpenShift gives one to all containers.
  private var overriding: SecurityContext? {
    let context = pod.proxy?.securityContext
    let isOpenShift = namespace.annotations[OpenShiftAnnotation.userIDs] != nil
    guard isOpenShift, traits.ignoresSharedUser else { return context }
    let appUser = (pod.containers + pod.initContainers).filter {
      $0.name != IstioContainer.proxy && !$0.isRuleContainer
    }.compactMap(\.securityContext.user).last
    return (context?.user ?? 0) == (appUser ?? 0) ? nil : context
  }

  /// Returns the last id of a block in an annotation of the namespace: `1000620000/10000` or `1000620000-1000629999`.
  private func lastID(_ annotation: String) -> SourcedValue? {
    guard let text = namespace.annotations[annotation], let last = Self.lastID(ofBlock: text) else {
      return nil
    }
    return SourcedValue(text: "\(last)", source: .namespace(namespace.name, annotation: annotation))
  }

  private static func lastID(ofBlock text: String) -> UInt32? {
    let isSized = text.contains("/")
    let parts = text.split(separator: isSized ? "/" : "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = UInt32(parts[0]), let second = UInt32(parts[1]) else { return nil }
    return isSized ? first &+ second &- 1 : second
  }
}
