import TestSupport
import Testing

/// The options of `node`: refused before a file of the node is read.
struct NodeOptionTests {
  @Test(arguments: [
    ("--cni-bin-dir", ""), ("--cni-conf-dir", "/etc/\u{1b}[2J"), ("--cni-cache-dir", "a\nb"),
    ("--cni-agent-run-dir", " "), ("--plugin", ""),
    ("--cni-conf-name", "../10-calico.conflist"), ("--cni-conf-name", ".."), ("--cni-conf-name", ""),
    ("--exclude-namespaces", "kube-system,Web"), ("--exclude-namespaces", "a b"),
    ("--pod-namespace", "-istio"),
    ("--pod-namespace", String(repeating: "a", count: 64)), ("--plugin-log-level", "verbose"),
    ("--proxy-default", "ISTIO_META_DNS_CAPTURE"), ("--proxy-default", "=true"),
    ("--proxy-default", "A B=1"), ("--proxy-default", "A=\u{7}"),
  ])
  func wrongValuesAreRefused(_ flag: String, _ value: String) throws {
    let run = try Tool.run(["node", "status", "\(flag)=\(value)"])
    #expect(run.status == 64)
    #expect(run.errors.hasPrefix("error: \(flag):"), "\(run)")
  }

  @Test(arguments: [
    ("--exclude-namespaces", ""), ("--exclude-namespaces", "kube-system, istio-system"),
    ("--cni-conf-name", "10-calico.conflist"), ("--proxy-default", "A=b=c"), ("--pod-namespace", "istio-1"),
  ])
  func validValuesAreAccepted(_ flag: String, _ value: String) throws {
    #expect(try Tool.run(["node", "status", "--cni-conf-dir", "/nonexistent", flag, value]).status != 64)
  }
}
