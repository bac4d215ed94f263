import ArgumentParser
import Intercept
import Netfilter

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Put the rules into the kernel, in one transaction; what an init container runs.",
    discussion: """
      Both families and all tables change together or not at all. Where the rules are right already, nothing is \
      written; where other rules of ours are there, that is an error unless --reconcile says to replace them.

        istio-iptables-swift --profile sidecar
        istio-iptables-swift --profile sidecar --network-namespace /var/run/netns/test --dry-run
        istio-iptables-swift --profile sidecar --pid 4711 --reconcile
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  @Flag(help: "Have the kernel check everything that would be sent, and change nothing.")
  var check = false

  func run() throws {
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    try settings.refuseWhatIsMissing()
    if check {
      Console.note(try Installation(settings).check())
    } else if settings.run.isDryRun {
      try DryRun(settings).print()
    } else if settings.run.cleansUpOnly {
      Console.note(try Installation(settings).remove().description)
    } else {
      if !settings.run.skipsRuleApply { Console.note(try Installation(settings).install().description) }
      if settings.run.validates { try Validation(settings).perform() }
    }
  }
}

extension Settings {
  /// Refuses what is not built yet, before anything is touched.
  fileprivate func refuseWhatIsMissing() throws {
    switch run.form {
    case .iptablesNFT, .iptablesLegacy: break
    case .native: throw Failure("--native-nftables is not supported yet")
    }
  }
}
