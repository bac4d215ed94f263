import ArgumentParser
import Intercept

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

  private let family: DiffCommand.Family
  private let format: DiffCommand.Format
  private let file: String?

  init(reading reader: inout OptionReader, _ operands: Operands) {
    family = reader.choice(.family, default: .ipv4)
    format = reader.choice(.format, default: .text)
    file = operands.first
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      let live = try LiveSource(file, family: family.value, run: settings.run).read()
      let mesh = InstalledMesh(live.rulesets, isNative: live.isNative)
      try Console.print(text(of: mesh))
      throw mesh.isComplete ? ExitCode.success : ExitCode.failure
    }
  }

  private func text(of mesh: InstalledMesh) throws -> String {
    switch format {
    case .text: mesh.text(Console.style)
    case .json: try JSONWriter.text(mesh)
    }
  }
}
