import Foundation
import Intercept
import Testing

/// The table of options, and the page that is made from it.
struct OptionTableTests {
  @Test(arguments: Subcommand.allCases)
  func aNameIsOneOption(_ subcommand: Subcommand) {
    let options = OptionName.taken(by: subcommand)
    let names = options.map(\.row.name)
    #expect(Set(names).count == names.count)
    let letters = options.compactMap(\.letter)
    #expect(Set(letters).count == letters.count)
    let variables = options.flatMap(\.variables)
    #expect(Set(variables).count == variables.count)
  }

  @Test func everyOptionHasOneRow() {
    #expect(OptionName.allCases.map(\.row.option) == OptionName.allCases)
    #expect(OptionTable.groups.joined().count == OptionName.allCases.count)
  }

  @Test func pathsAreCompletedAndRequestPathsAreNot() {
    #expect(OptionName.ruleset.row.value?.completion == .files)
    #expect(OptionName.binaryFolder.row.value?.completion == .folders)
    #expect(OptionName.httpPath.row.value?.completion == OptionValue.Completion.none)
    #expect(OptionName.interceptionMode.row.value?.completion == .words(["REDIRECT", "TPROXY"]))
  }

  /// The command line is read before the subcommand is known.
  @Test func optionsOfOneNameTakeValuesAlike() {
    for (name, options) in Dictionary(grouping: OptionName.allCases, by: \.row.name) {
      #expect(Set(options.map(\.isToggle)).count == 1, "\(name)")
      #expect(Set(options.map(\.letter)).count == 1, "\(name)")
    }
  }

  @Test func lettersAreThoseOfIstio() {
    #expect(String(OptionName.allCases.compactMap(\.letter).sorted()) == "bcdefgikmnopqrtuxz")
  }

  @Test(arguments: OptionName.allCases)
  func everyRowIsASentence(_ option: OptionName) {
    let row = option.row
    #expect(row.summary.hasSuffix(".") || row.summary.hasSuffix("."), "\(row.summary)")
    #expect(row.takenBy != [])
    #expect(row.value?.name.isEmpty != true)
  }

  @Test func theReleasesAreThoseKnown() {
    let known = IstioRelease.known
    let help = OptionName.istioRelease.row.help
    #expect(help.contains("1.\(known.lowerBound) to 1.\(known.upperBound)"))
    #expect(help.contains("(default: \(IstioRelease.newest);"))
  }

  /// docs/options.md; `WRITE_DOCS=1 swift test --filter OptionTableTests` writes it.
  @Test func thePageIsThatOfTheTable() throws {
    let page = URL(filePath: #filePath).appending(path: "../../../../docs/options.md").standardized
    if ProcessInfo.processInfo.environment["WRITE_DOCS"] != nil {
      try Self.page.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == Self.page)
  }

  private static let page = """
    # Options

    Precedence: flag, environment variable, pod manifest (`--pod`), `--profile`, default. Flags are read as Go reads them:
    `-p15001`, `-p=15001`, `--dry-run=false`. An option that a subcommand does not take is refused; its variable is ignored.
    Those that build rules are apply, print, diff, trace, clean, validate, ports, tcpdump and doctor. This page is made from
    the table in the sources.


    """ + sections.map(section).joined(separator: "\n")

  private static let sections: [(String, OptionRow.Section)] = [
    ("Rules", .rules), ("Kernel", .kernel), ("Pod", .pod), ("Logging", .logging), ("Of one subcommand", .own),
    ("Connection of `trace`", .connection), ("Real packets of `trace`", .realPackets),
    ("Accepted for Istio's sake", .legacy),
  ]

  private static func section(_ title: String, _ section: OptionRow.Section) -> String {
    let lines = OptionName.allCases.filter { $0.row.section == section }.map(line)
    return "## \(title)\n\n| option | variable | subcommands | meaning |\n| --- | --- | --- | --- |\n"
      + lines.joined()
  }

  private static func line(_ option: OptionName) -> String {
    let row = option.row
    let value = row.value.map { " <\($0.name.replacing("|", with: "\\|"))>" } ?? ""
    let letter = option.letter.map { "`-\($0)`, " } ?? ""
    let flag = option.flag.map { "\(letter)`\($0)\(value)`" } ?? ""
    let variables = option.variables.map { "`\($0)`" }.joined(separator: ", ")
    let all = Subcommand.allCases.filter { option.isTaken(by: $0) }.map(\.rawValue)
    let owners =
      row.takenBy == .all
      ? "all" : row.takenBy == .building ? "those that build rules" : all.joined(separator: ", ")
    return "| \(flag) | \(variables) | \(owners) | \(row.help) |\n"
  }
}
