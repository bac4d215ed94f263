import Intercept
import Pictures

extension DoctorPage {
  /// The findings, the probable cause first.
  var findings: Section {
    let list = diagnosis.findings.map { finding -> Markup in
      let evidence = finding.why.map { line -> Markup in "<li><code>\(line)</code></li>" }
      let reasons: Markup = evidence.isEmpty ? "" : "<p>Because:</p>\n<ul>\(evidence)</ul>\n"
      return """
        <li class="finding \(finding.severity.rawValue)">
        <h3><span class="severity">\(finding.severity.rawValue.uppercased())</span> \(finding.what)</h3>
        \(reasons)<p><strong>Do:</strong> \(finding.remedy)</p>
        <p class="check">Check: <code>\(finding.check)</code></p>
        </li>

        """
    }
    return Section(
      anchor: "findings", title: "Findings",
      content: list.isEmpty ? "<p>None.</p>\n" : "<ol class=\"findings\">\n\(list)</ol>\n")
  }

  /// The examined facts, and those that could not be seen.
  var facts: Section {
    let seen = diagnosis.summary.map { line -> Markup in "<li>\(line)</li>" }
    let unseen = diagnosis.unseen.map { line -> Markup in "<li>not seen: \(line)</li>" }
    return Section(anchor: "facts", title: "Examined", content: "<ul>\(seen)\(unseen)</ul>\n")
  }

  /// The pod and its ports.
  var drawing: Section {
    let graph = Graph(pod.ports, pod.configuration ?? Configuration())
    return Section(
      anchor: "pod", title: "Pod",
      content: Self.figure(graph, caption: "\(graph.summary). Dashed boxes are outside the pod."))
  }
}
