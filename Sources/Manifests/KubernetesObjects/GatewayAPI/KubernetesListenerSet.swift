import ManifestText

/// A ListenerSet of the Gateway API: listeners added to a Gateway.
package struct KubernetesListenerSet: Sendable {
  package let object: ObjectName
  package let creationTime: String
  /// The Gateway.
  package let parent: KubernetesRoute.Parent
  package let listeners: [KubernetesListener]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    guard let spec = try json.object("spec"), let parent = try spec.object("parentRef") else {
      throw FieldProblem(at: json.path.member("spec").member("parentRef"), "is missing; give a Gateway")
    }
    self.parent = try KubernetesRoute.Parent(parent, object.namespace)
    listeners = try spec.objects("listeners").map(KubernetesListener.init)
  }
}
