import Intercept
import Manifests
import RuleCommands

/// Explains an access log of a proxy.
struct AccessLogCommand: Command {
  static let name = Subcommand.accessLog
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Explain the lines of a proxy's access log: who connected where, and why it failed.",
      usage: "[<options>] [<file>]",
      discussion: """
        Istio's text formats and JSON are recognised, with the prefixes of kubectl, stern, Docker and CRI, and in \
        the JSON of Docker, stern and Google Cloud, also over several lines; \
        --log-format names another format. The two lines of one connection, of the client's proxy and the \
        server's, are paired. A long log is summarised by cluster and response flag. With listeners, each line \
        shows whether the connection would take the same route now; with --pod or --live, whether the rules would \
        redirect it now, if an ordinary user sent it.

          kubectl logs web-1 -c istio-proxy | istio-iptables-swift access-log
          stern -n shop . -c istio-proxy | istio-iptables-swift access-log -
          istio-iptables-swift access-log --envoy-config listeners.json log.txt
          istio-iptables-swift access-log --live --pid 4711 log.txt
          istio-iptables-swift access-log --pod mesh.json --name shop/web \\
            --listeners-from mesh.json log.txt
        """,
      operands: [OperandHelp(value: .file, summary: "A file with log lines, or -. (default: -)")])
  }

  private let file: String
  private let logFormat: AccessLogFormat?
  private let format: DiffCommand.Format
  private let pod: PodSource
  private let listeners: ListenerSource
  private let isLive: Bool

  init(reading reader: inout OptionReader, _ operands: Operands) {
    file = operands.first ?? "-"
    format = reader.choice(.format, default: .text)
    pod = PodSource(reading: &reader)
    listeners = ListenerSource(reading: &reader, pod)
    isLive = reader.toggle(.live)
    do {
      logFormat = try reader.text(.logFormat).map { text throws(InvalidLogFormat) in try AccessLogFormat(text)
      }
    } catch {
      logFormat = nil
      reader.complain(OptionProblem("--log-format: \(error)"))
    }
    if file == "-", pod.file == "-" || listeners.readsStandardInput {
      reader.complain(OptionProblem("standard input cannot be the log and another file as well"))
    }
  }

  func run() throws {
    let settings = try Settings.ofProcess(pod, asksManifest: !isLive)
    let proxy = try listeners.read(settings, pod)?.configuration
    var rules =
      isLive || pod.file != nil ? try TraceRules(settings, ruleset: nil, table: nil, isLive: isLive) : nil
    let report = try report()
    guard report.count > 0 else {
      throw CommandError(
        "\(InputFile(file).name): no line is one of an access log; --log-format names the format of the lines"
      )
    }
    if report.unreadable.count > 0 {
      Console.warn(
        "lines that are not of an access log and are left out: \(report.unreadable.count), the first is line \(report.unreadable.first)"
      )
    }
    let lines = try (format == .text ? report.explained : report.entries).map { entry in
      AccessLogExplanation(
        entry, partner: report.partners[entry.number], listeners: proxy,
        trace: try ConnectionHop(entry).flow.flatMap { try rules?.trace($0) })
    }
    switch format {
    case .text: try Console.print(report.text(lines, Console.style))
    case .json: try Console.print(JSONWriter.text(AccessLogJSON(report, lines)))
    }
  }

  private func report() throws -> AccessLogReport {
    var reader = AccessLogReader(logFormat)
    var report = AccessLogReport()
    var entry = AccessLogEntry.empty
    try InputFile(file).forEachLine(of: .logs) { line in
      switch reader.read(line, into: &entry) {
      case .entry: report.add(entry)
      case .other where !line.isEmpty: report.addUnreadable(line: entry.number)
      case .other, .part: break
      }
    }
    if let number = reader.openObject { report.addUnreadable(line: number) }
    return report
  }
}
