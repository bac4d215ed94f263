package import Intercept
package import KubernetesObjects
import ManifestText

/// Everything that the injector reads besides the pod: the mesh's settings, ProxyConfig objects and namespaces.
package struct InjectionContext: Sendable {
  let version: IstioVersion
  private let given: MeshValues
  private let byRevision: [String: MeshValues]
  private let namespaces: [String: Namespace]
  private let resources: [ProxyConfigResource]

  /// - Parameters:
  ///   - list: the objects of the mesh; Istio's ConfigMaps are the settings that `values` lacks.
  ///   - values: the settings that take precedence.
  ///   - version: the version of the injector.
  package init(_ list: ObjectList, _ values: MeshValues, _ version: IstioVersion) {
    self.version = version
    given = values
    namespaces = list.namespaces
    resources = list.proxyConfigs
    byRevision = MeshValues.byRevision(list.configMaps).mapValues { settings in
      var filled = values
      filled.fill(from: settings)
      return filled
    }
  }

  /// The settings of the default revision, or of the only one.
  package var defaultValues: MeshValues { values(ofRevision: "") }

  private func values(ofRevision revision: String) -> MeshValues {
    byRevision[revision] ?? byRevision[""] ?? (byRevision.count == 1 ? byRevision.values.first : nil) ?? given
  }

  /// Returns the settings of the revision that injects a pod.
  func values(for pod: Pod) -> MeshValues {
    let namespace = namespace(of: pod)
    if namespace.labels[IstioLabel.injection] == "enabled" { return defaultValues }
    let revision = namespace.labels[IstioLabel.revision] ?? pod.labels[IstioLabel.revision] ?? ""
    return values(ofRevision: revision == "default" ? "" : revision)
  }

  package func namespace(of pod: Pod) -> Namespace {
    namespaces[pod.object.namespace] ?? Namespace(name: pod.object.namespace)
  }

  /// Returns the reason for which a pod that has not been injected never will be; nil if it may be.
  package func exclusion(of pod: Pod) -> String? {
    InjectionPolicy.exclusion(of: pod, namespace(of: pod)) ?? values(for: pod).reasonAgainstInjection(of: pod)
  }

  /// Returns true if the injector of a release makes proxies native sidecars on nodes with these minor versions of
  /// Kubernetes; unknown versions are assumed to be recent.
  package static func detectsNativeSidecars(_ release: IstioRelease, nodeVersions: [Int]) -> Bool {
    IstioVersion(release).injectorTraits.detectsNativeSidecars && nodeVersions.allSatisfy { $0 >= 33 }
  }

  func proxyConfigs(_ mesh: MeshValues) -> ProxyConfigResources {
    ProxyConfigResources(resources, rootNamespace: mesh.rootNamespace)
  }

  /// Returns the ProxyConfig object that selects a pod by its labels.
  package func workloadProxyConfig(of pod: Pod) -> ObjectName? {
    resources.isEmpty ? nil : proxyConfigs(given).forWorkload(of: pod)?.object
  }
}

extension MeshValues {
  /// The namespace whose Sidecars and ProxyConfig objects are the defaults of all namespaces.
  package var rootNamespace: String { self[.rootNamespace] ?? self[.istioNamespace] ?? "istio-system" }
}
