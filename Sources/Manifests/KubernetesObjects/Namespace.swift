import ManifestText

/// A Kubernetes namespace.
package struct Namespace: Hashable, Sendable {
  package let name: String
  package let labels: [String: String]
  /// Istio's and OpenShift's annotations.
  package let annotations: [String: String]

  init(_ metadata: ObjectMeta) {
    name = metadata.name
    labels = metadata.labels
    annotations = metadata.annotations
  }

  /// A namespace without labels.
  package init(name: String) {
    self.name = name
    labels = [:]
    annotations = [:]
  }
}
