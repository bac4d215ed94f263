import Intercept
import Manifests
import RuleCommands
import TextOutput

/// Rules that live ones are compared with: those of the options, or without any, those of the options that a guess finds.
struct WantedRules {
  let configuration: Configuration
  /// The source in a phrase: `built from --profile sidecar`.
  let source: String
  /// True if the rules are those of a guess in the native form.
  var isNative = false

  var rulesets: [Ruleset] { RulesetBuilder.build(configuration) }

  /// - Parameter live: the rules to guess from.
  init(_ settings: Settings, for live: LiveSource.Reading) {
    guard !settings.selectsRules else {
      (configuration, source) = (settings.configuration, "built from \(settings.ruleOptions)")
      return
    }
    guard let guess = live.mesh.guess else {
      (configuration, source) = (
        settings.configuration, "built from the default options, since nothing can be guessed"
      )
      return
    }
    let options = guess.commandLine.isEmpty ? "no options" : guess.commandLine
    configuration = guess.configuration
    source = "built from what guess finds: \(options), release \(guess.releaseText)"
    isNative = guess.isNative
  }
}

extension Settings {
  /// The configuration of the options, or without any, of the rules in the namespace, as a guess finds it.
  func liveConfiguration() -> Configuration {
    guard !selectsRules else { return configuration }
    do {
      let live = try LiveSource(nil, family: nil, table: nil, in: self).read()
      return live.mesh.guess?.configuration ?? configuration
    } catch {
      Console.warn("the rules cannot be read (\(error)): the ports are those of the default options")
      return configuration
    }
  }

  /// The options of the rules as words of a shell, in one line.
  var ruleOptions: String {
    var words = options[.profile].map { ["--profile \($0.text.shellQuoted)"] } ?? []
    var manifests: [String] = []
    for option in OptionName.allCases where option != .profile {
      guard let given = options[option], let origin = options.origin(of: option), option.isAboutRules else {
        continue
      }
      let value = option.isToggle && given.text == "true" ? "" : " \(given.text.shellQuoted)"
      switch origin {
      case .flag: words.append("\(option.letter.map { "-\($0)" } ?? option.spelling)\(value)")
      case .variable: words.append("\(given.name)=\(given.text.shellQuoted)")
      case .manifest: manifests = [pod.map { "\($0.object)" } ?? "pod \(options[.runtimePod]?.text ?? "")"]
      case .profile: break
      }
    }
    let all = manifests + words
    let text = all.isEmpty ? "the default options" : all.joined(separator: " ")
    return text.count > 300 ? "\(text.prefix(300))…" : text
  }

  /// True if an option, a variable or a manifest selects the rules; the family alone does not.
  var selectsRules: Bool { options.selectsRules }
}
