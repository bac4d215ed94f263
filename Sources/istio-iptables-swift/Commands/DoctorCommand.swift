import ArgumentParser
import Inspection
import Intercept

/// Examines a pod and names the probable cause of a problem.
struct DoctorCommand: Command {
  static let name = Subcommand.doctor
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Find what is wrong with a pod's interception: the cause, the evidence, the remedy.",
      usage: "[<options>]",
      discussion: """
        Rules, foreign tables, listeners, processes, DNS, routing, connections and the proxy's readiness are read \
        from the namespace; nothing is changed. The rules are compared with those of --pod or of the options given, \
        else with those of the options that explain them best. The probable cause comes first. Status 0: nothing wrong; 1: findings; 2: error.

          istio-iptables-swift doctor --pid 4711
          istio-iptables-swift doctor --pid 4711 --to 10.0.23.154:5701
          kubectl get pod web -o json |
            istio-iptables-swift doctor --pid 4711 --pod -
          istio-iptables-swift doctor --format json | jq -r '.findings[].what'
        """)
  }

  private let pod: PodSource
  private let destinations: [Endpoint]
  private let format: DiffCommand.Format

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    destinations = reader.values(.askedDestinations, wanted: "give an address and a port, like 10.0.0.1:80") {
      Endpoint($0)
    }
    format = reader.choice(.format, default: .text)
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      if try pod.showsOptions(of: .doctor) { return }
      let settings = try Settings.ofProcess(pod, asksManifest: false)
      settings.warnings.forEach(Console.warn)
      var facts = try PodReader(settings).facts()
      facts.compare(with: settings.capturesByOption ? settings.configuration : nil)
      try PodReader(settings).ask(destinations, &facts)
      let diagnosis = Doctor.examine(facts)
      try Console.print(text(of: diagnosis))
      if diagnosis.isFine, !facts.areRulesKnown { throw ExitCode(2) }
      throw diagnosis.isFine ? ExitCode.success : ExitCode.failure
    }
  }

  private func text(of diagnosis: Diagnosis) throws -> String {
    switch format {
    case .text: diagnosis.text(Console.style)
    case .json: try JSONWriter.text(DiagnosisJSON(diagnosis))
    }
  }
}

extension Settings {
  /// True if a manifest or the command line has options that capture something.
  fileprivate var capturesByOption: Bool {
    [OptionName.profile, .inboundPorts, .outboundCIDRs, .outboundPorts].contains { option in
      options.origin(of: option).map { $0 != .variable } ?? false
    }
  }
}
