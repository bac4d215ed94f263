public import Intercept

/// The options that a pod's rules are made with, and where each comes from.
///
/// An injected pod has them in the arguments and variables of its init container, which are what counts. For any
/// other pod they are what Istio's injector would put there.
public struct PodOptions: Sendable {
  /// Whose options they are.
  public let object: ObjectName
  public let options: [PodOption]
  /// What the injector would refuse the pod for, though the options can be read.
  let refusals: [String]
  /// What is not wrong and probably not meant.
  public internal(set) var warnings: [String] = []
  /// The pod's addresses, the one that counts first; none before it has any.
  public let addresses: [IPAddress]
  /// The DNS servers that the manifest itself names.
  public let nameservers: [IPAddress]

  /// The pod's labels, by which Services and Sidecars select it.
  public let labels: [String: String]
  /// The release of Istio that the init container's image is of, if its tag says so.
  public let release: IstioRelease?
  /// What the proxy is told of giving addresses to hosts, `AutoAllocatedAddresses.variable`.
  let allocates: String?

  /// - Throws: `ManifestError` where the pod has no rules of Istio's, or what makes them cannot be read.
  init(_ pod: Pod, _ injector: Injector) throws(ManifestError) {
    object = pod.object
    addresses = pod.addresses
    labels = pod.labels
    nameservers = pod.nameservers.compactMap { IPAddress(scoped: $0) }
    release = pod.ruleContainer?.istioRelease
    let variable = AutoAllocatedAddresses.variable
    allocates = pod.ruleContainer.map { $0.environment[variable] } ?? injector.proxy.metadata[variable]?.text
    if let container = pod.ruleContainer {
      let injected = try InjectedOptions(pod.object, container)
      options = injected.options
      refusals = []
      warnings = injected.warnings + injected.warnings(where: injector)
    } else {
      guard injector.mode.text != "NONE" else {
        throw ManifestError(
          "\(pod.object): \(injector.mode.name) is NONE, so Istio puts no rules into the pod; "
            + "REDIRECT and TPROXY have rules")
      }
      var taken: Set<OptionName> = []
      options = injector.options.filter { taken.insert($0.option).inserted }
      refusals = injector.refusals
      warnings = refusals.map { "\(pod.object): \($0); as it is, it refuses the pod" }
    }
    warnings += pod.reasonsAgainstInjection
  }

  /// The texts, as the reader of options wants them.
  public var given: GivenOptions {
    options.reduce(into: GivenOptions()) { given, option in
      if given[option.option] == nil {
        given[option.option] = Options.Given(name: option.name, text: option.text)
      }
    }
  }
}

extension Pod {
  /// Why Istio's injector would pass the pod by, and annotations that it does not see.
  fileprivate var reasonsAgainstInjection: [String] {
    var reasons: [String] = []
    if usesHostNetwork {
      reasons.append("\(object): the injector passes by what uses the host's network (hostNetwork: true)")
    } else if !isInjected, refusesInjection {
      reasons.append("\(object): sidecar.istio.io/inject is false, so the injector passes it by")
    }
    for name in workloadAnnotations.keys.sorted() where name.hasPrefix(Injector.traffic) {
      reasons.append(
        "\(object): annotation \(name) stands at the \(object.kind), where no injector sees it; "
          + "put it under spec.template.metadata")
    }
    return reasons
  }

  /// Whether the pod says that it wants no proxy; the label goes before the annotation.
  var refusesInjection: Bool {
    (labels["sidecar.istio.io/inject"] ?? annotations["sidecar.istio.io/inject"]) == "false"
  }
}
