public import Intercept
public import Pictures

/// A pod's examination: the findings, and the forms in which they can be shown.
public struct Checkup {
  let pod: Examination
  public let diagnosis: Diagnosis

  /// Examines a pod.
  ///
  /// - Parameters:
  ///   - facts: everything that is known about the pod.
  ///   - route: the route of a traced connection inside the proxy; nil if the proxy does not get it. Without it, the
  ///     proxy's configuration is unknown.
  public init(_ facts: PodFacts, route: ((Trace) -> EnvoyRoute?)? = nil) {
    pod = Examination(facts, route: route)
    diagnosis = Doctor.examine(pod)
  }

  /// The pod's ports and the live rules, with the path of one connection: the first that the user asks about, else the
  /// first that is lost, else one of the app.
  public var picture: Graph { pod.picture }

  /// A page of HTML: findings, pictures, traces to step through, rules and connections.
  ///
  /// The page needs no other file and no network. Text from the pod is escaped.
  ///
  /// - Parameter subject: the pod's name in the heading.
  public func page(of subject: String) -> String { DoctorPage(pod, diagnosis, subject).markup.text }
}
