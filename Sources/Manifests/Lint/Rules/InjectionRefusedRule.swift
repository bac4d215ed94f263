struct InjectionRefusedRule: LintRule {
  let name = "injection-refused"
  let documentation = """
    An annotation about Istio that cannot be read, or a value in one that is wrong: the injector refuses such a pod, \
    and it is not made. Names of interfaces it looks at from Istio 1.30 on, which is taken to be the release unless \
    --istio-release says another. In a pod that has been injected, options that Istio's program refuses.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(
      from: .possible,
      withoutTraffic: { member in
        member.refusals.map { refusal in
          Finding(
            member.pod.object, refusal,
            effect: "Istio refuses it: the pod is not made, or its init container fails",
            remedy: "write it as the message says")
        }
      })
  }
}
