import Intercept
import RuleCommands

/// Finds the mesh whose rules are given, and its options.
struct GuessCommand: Command {
  static let name = Subcommand.guess
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Find the mesh, the release and the options that make these rules.",
      usage: "[<options>] [<file>]",
      discussion: """
        For rules of Istio's sidecar mode from 1.7 on, the options and the releases that build them; for other meshes, \
        what can be read off their rules. Rules that are not explained are listed. Status 0: every rule is explained; \
        1: some are not, or no mesh is known; 2: error.

          iptables-save | istio-iptables-swift guess -
          istio-iptables-swift guess --pid 4711
        """,
      operands: [.rulesFile])
  }

  private let text: TextOptions
  private let format: DiffCommand.Format
  private let file: String?

  init(reading reader: inout OptionReader, _ operands: Operands) {
    text = TextOptions(reading: &reader)
    format = reader.choice(.format, default: .text)
    file = operands.first
    reader.refuseNamespace(besideFile: file)
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      let live = try LiveSource(file, family: text.family, table: text.table, in: settings).read()
      Console.note("rules: \(live.source)")
      let mesh = live.mesh
      try Console.print(answer(mesh, live))
      throw mesh.isComplete ? ExitStatus.success : ExitStatus.failure
    }
  }

  private func answer(_ mesh: InstalledMesh, _ live: LiveSource.Reading) throws -> String {
    switch format {
    case .text: incompleteness(of: live) + mesh.text(Console.style)
    case .json: try JSONWriter.text(GuessJSON(mesh: mesh, rules: live.source, incomplete: live.gap))
    }
  }

  private func incompleteness(of live: LiveSource.Reading) -> String {
    guard let gap = live.gap else { return "" }
    return "incomplete: \(gap); options that only the rest of the rules shows are not known\n"
  }
}

/// A guess as JSON, with the source of the rules: the answer of `guess --format json`.
private struct GuessJSON: Encodable {
  let mesh: InstalledMesh
  let rules: String
  let incomplete: String?

  private enum Keys: String, CodingKey { case rules, incomplete }

  func encode(to encoder: any Encoder) throws {
    try mesh.encode(to: encoder)
    var object = encoder.container(keyedBy: Keys.self)
    try object.encode(rules, forKey: .rules)
    try object.encodeIfPresent(incomplete, forKey: .incomplete)
  }
}
