import ArgumentParser

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Put the rules into the kernel, in one transaction; what an init container runs.",
    discussion: """
      Both families and all tables change together or not at all. Where the rules are right already, nothing is \
      written; where other rules of ours are there, that is an error unless --reconcile says to replace them.

        istio-iptables-swift --profile sidecar
        istio-iptables-swift --profile sidecar --dry-run \\
          --network-namespace /var/run/netns/test
        istio-iptables-swift --profile sidecar --pid 4711 --reconcile
        kubectl get pod web -o json |
          istio-iptables-swift apply --pod - --pid 4711
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags
  @OptionGroup(title: "Pod") var pod: PodFlags

  @Flag(help: "Have the kernel check everything that would be sent, and change nothing.")
  var check = false

  func run() throws {
    if try pod.showsOptions("apply") { return }
    try Application(settings: .ofProcess(pod, asksManifest: false), isCheck: check).perform()
  }
}
