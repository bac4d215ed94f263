extension Mesh {
  /// What is found in the pods that are in the mesh, and whose rules are known.
  func podFindings(
    from membership: MeshPod.InjectionStatus, _ find: (MeshPod, CapturedPorts) -> [Finding]
  ) -> [Finding] {
    podFindings(from: membership, withoutTraffic: { member in member.traffic.map { find(member, $0) } ?? [] })
  }

  /// What is found in the pods that are in the mesh. The pods of one controller are alike: of the same finding in
  /// several of them one is kept.
  func podFindings(
    from membership: MeshPod.InjectionStatus, withoutTraffic find: (MeshPod) -> [Finding]
  ) -> [Finding] {
    var findings: [Finding] = []
    var places: [Likeness: Int] = [:]
    for member in members where member.membership >= membership {
      for finding in find(member) {
        guard let controller = member.pod.controller else {
          findings.append(finding)
          continue
        }
        let likeness = Likeness(
          namespace: finding.object.namespace, controller: controller, what: finding.what)
        if let place = places[likeness] {
          findings[place].repeats += 1
        } else {
          places[likeness] = findings.count
          findings.append(finding)
        }
      }
    }
    return findings
  }
}

/// What findings in pods of one controller have in common.
private struct Likeness: Hashable {
  let namespace: String
  let controller: String
  let what: String
}
