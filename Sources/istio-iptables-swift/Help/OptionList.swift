import ArgumentParser
import Intercept

/// A page of the help: the options of the table that it has.
protocol OptionPage {
  static func has(_ option: OptionName) -> Bool

  /// True for a section of the table that the page only refers to.
  static func hides(_ section: OptionRow.Section) -> Bool
}

/// A section of a page.
protocol PageSection {
  static var section: OptionRow.Section { get }
}

/// Sections as types: ArgumentParser makes a group of options of a type.
enum PageSections {
  enum Own: PageSection { static let section = OptionRow.Section.own }
  enum Connection: PageSection { static let section = OptionRow.Section.connection }
  enum RealPackets: PageSection { static let section = OptionRow.Section.realPackets }
  enum Pod: PageSection { static let section = OptionRow.Section.pod }
  enum Rules: PageSection { static let section = OptionRow.Section.rules }
  enum Kernel: PageSection { static let section = OptionRow.Section.kernel }
  enum Logging: PageSection { static let section = OptionRow.Section.logging }
  enum Legacy: PageSection { static let section = OptionRow.Section.legacy }
}

/// The options of one section of one page, as ArgumentParser's own.
///
/// ArgumentParser reads the mirror of a type for help, completions and manual pages. It never parses with these.
struct OptionList<Page: OptionPage, Section: PageSection>: ParsableArguments {
  init() {}

  init(from decoder: any Decoder) throws {
    _ = try decoder.container(keyedBy: AnyKey.self)
  }
}

/// The options with a flag, by section. ArgumentParser reads each mirror many times.
private let flaggedOptions = Dictionary(
  grouping: OptionName.allCases.filter { $0.flag != nil }, by: \.row.section)

/// A key of any name: the names are in the table.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension OptionList: CustomReflectable {
  var customMirror: Mirror {
    let visibility: ArgumentVisibility =
      Page.hides(Section.section) && !HelpPages.listsEverything ? .hidden : .default
    let options = (flaggedOptions[Section.section] ?? []).filter(Page.has)
    return Mirror(self, children: options.map { ("_" + $0.row.name, $0.row.argument(visibility)) })
  }
}

extension OptionRow {
  /// The option as ArgumentParser declares it.
  fileprivate func argument(_ visibility: ArgumentVisibility) -> Any {
    let names = NameSpecification(
      (letter.map { [.customShort($0)] } ?? []) + [NameSpecification.Element.customLong(name)])
    let help = ArgumentHelp("\(help)", valueName: value?.name, visibility: visibility)
    switch kind {
    case .toggle: return Flag<Bool>(wrappedValue: false, name: names, help: help)
    case .value, .list:
      return Option<String?>(name: names, parsing: .unconditional, help: help, completion: completion)
    case .repeated:
      return Option<[String]>(
        wrappedValue: [], name: names, parsing: .unconditionalSingleValue, help: help, completion: completion)
    }
  }

  private var completion: CompletionKind? { value.flatMap { CompletionKind($0.completion) } }
}

extension CompletionKind {
  /// The completion as ArgumentParser declares it; nil for none.
  init?(_ completion: OptionValue.Completion) {
    switch completion {
    case .none: return nil
    case .files: self = .file()
    case .folders: self = .directory
    case .processes: self = .shellCommand(Self.processes)
    case .releases: self = .list(IstioRelease.all.map(\.description))
    case .words(let words): self = .list(words)
    }
  }

  /// Prints the ids of the running processes, with their names in the shells that show descriptions: zsh expects them after
  /// a colon, fish after a tab. The scripts of bash and zsh set SAP_SHELL.
  private static let processes = """
    ps -e -o pid=,comm= 2>/dev/null | awk '{ shell = ENVIRON["SAP_SHELL"]; \
    print $1 (shell == "bash" ? "" : (shell == "zsh" ? ":" : sprintf("%c", 9)) $2) }'
    """
}
