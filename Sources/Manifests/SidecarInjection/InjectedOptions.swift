import Intercept
import KubernetesObjects
import ManifestText

/// The options in the init container of an injected pod.
struct InjectedOptions {
  private(set) var options: [PodOption] = []
  private(set) var warnings: [String] = []
  private let object: ObjectName
  private let container: Container

  /// - Throws: `ManifestError` if the value of a flag is missing.
  init(_ object: ObjectName, _ container: Container) throws(ManifestError) {
    self.object = object
    self.container = container
    let arguments = GoArguments(container.arguments)
    if let problem = arguments.problems.first {
      throw ManifestError("\(object): container \(container.name): \(problem)")
    }
    let read = Options(flags: arguments.given, environment: container.environment)
    for option in OptionName.allCases where option.selectsRules {
      guard let given = read[option] else { continue }
      let word = "\(read.origin(of: option) == .flag ? "argument" : "variable") \(given.name)"
      options.append(PodOption(option, given.text, [.container(container.name, word: word)]))
    }
    warnings = (arguments.unknownFlags + arguments.operands + (arguments.command ?? [])).map {
      "\(object): container \(container.name) has an unknown argument: \($0.quotedForMessage)"
    }
    warnings += unknownVariables
  }

  private var unknownVariables: [String] {
    if container.unknownVariables.isEmpty { return [] }
    let known = Set(OptionName.allCases.filter(\.selectsRules).flatMap(\.variables))
    return container.unknownVariables.filter(known.contains).map {
      "\(object): container \(container.name): the value of \($0) is not in the manifest (valueFrom)"
    }
  }

  /// Annotations that contradict the container, because they were changed after the injection.
  func warnings(comparedWith injector: Injector) -> [String] {
    let injected = Dictionary(options.map { ($0.option, $0.text) }) { first, _ in first }
    return injector.options.compactMap { wanted in
      guard case .annotation(let name)? = wanted.sources.first, wanted.text != injected[wanted.option] ?? ""
      else { return nil }
      return "\(object): annotation \(name) is \(wanted.text.quotedForMessage), but container "
        + "\(container.name) runs with \((injected[wanted.option] ?? "").quotedForMessage), which applies"
    }
  }
}

extension Container {
  /// The release of Istio in the image's tag: 1.16 of `istio/proxyv2:1.16.2-distroless`.
  var istioRelease: IstioRelease? {
    guard let tag = image.split(separator: "/").last?.split(separator: ":").dropFirst().first else {
      return nil
    }
    let numbers = tag.prefix { $0 != "-" }.split(separator: ".").prefix(2).joined(separator: ".")
    return IstioRelease(numbers)
  }
}
