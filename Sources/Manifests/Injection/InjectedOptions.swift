import Intercept

extension Container {
  /// The release of Istio that the image's tag names: 1.16 of `istio/proxyv2:1.16.2-distroless`.
  var istioRelease: IstioRelease? {
    guard let tag = image.split(separator: "/").last?.split(separator: ":").dropFirst().first else {
      return nil
    }
    let numbers = tag.prefix { $0 != "-" }.split(separator: ".").prefix(2).joined(separator: ".")
    return IstioRelease(numbers)
  }
}

/// The options of a pod that has been injected: what its init container is run with.
struct InjectedOptions {
  private(set) var options: [PodOption] = []
  private(set) var warnings: [String] = []
  private let object: ObjectName
  private let container: Container

  /// - Throws: `ManifestError` where a flag lacks its value.
  init(_ object: ObjectName, _ container: Container) throws(ManifestError) {
    self.object = object
    self.container = container
    let arguments = GoArguments(container.arguments)
    if let problem = arguments.problems.first {
      throw ManifestError("\(object): container \(container.name): \(problem)")
    }
    let read = Options(flags: arguments.given, environment: container.environment)
    for option in OptionName.allCases where option.isAboutRules {
      guard let given = read[option] else { continue }
      let word = "\(read.origin(of: option) == .flag ? "argument" : "variable") \(given.name)"
      options.append(PodOption(option, given.text, [.container(container.name, word: word)]))
    }
    warnings = (arguments.unknownFlags + arguments.operands + (arguments.command ?? [])).map {
      "\(object): container \(container.name) has a word that is not known here: \($0.quotedForMessage)"
    }
    warnings += unknownVariables
  }

  private var unknownVariables: [String] {
    if container.unknownVariables.isEmpty { return [] }
    let known = Set(OptionName.allCases.filter(\.isAboutRules).flatMap(\.variables))
    return container.unknownVariables.filter(known.contains).map {
      "\(object): container \(container.name): the manifest does not say what \($0) is (valueFrom)"
    }
  }

  /// Annotations that say something else than the container does: they were changed after it was made.
  func warnings(where injector: Injector) -> [String] {
    let injected = Dictionary(options.map { ($0.option, $0.text) }) { first, _ in first }
    return injector.options.compactMap { wanted in
      guard case .annotation(let name)? = wanted.sources.first, wanted.text != injected[wanted.option] ?? ""
      else { return nil }
      return "\(object): annotation \(name) asks for \(wanted.text.quotedForMessage), but container "
        + "\(container.name) was given \((injected[wanted.option] ?? "").quotedForMessage), which counts"
    }
  }
}
