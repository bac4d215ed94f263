import Glibc
import InputText
import Intercept
import Manifests
import RuleCommands

/// The sources of the pod at the other end of a traced connection (`--to-pod`): its name, and files about it.
struct DestinationSource {
  private let given: [String]

  init(reading reader: inout OptionReader) {
    given = reader.texts(.toPod)
    if given.contains("-") {
      reader.complain(.toPod, "give a file or a pod's name; standard input is for other options")
    }
  }

  var isGiven: Bool { !given.isEmpty }

  /// Reads the files. Each is a manifest, a proxy's configuration, or rules.
  ///
  /// - Parameters:
  ///   - objects: the objects of `--listeners-from`; nil without that option.
  ///   - pod: the source whose values apply to the mesh, and whose file has the pods if there are no other objects.
  /// - Throws: `CommandError` that names the file.
  func read(_ objects: ObjectList?, _ pod: PodSource) throws -> DestinationFiles {
    var files = DestinationFiles(mesh: objects, values: try MeshValues(file: pod.meshValues))
    for text in given {
      if Self.isFile(text) { try files.add(text) } else { files.name = text }
    }
    if files.mesh == nil, files.pods == nil, let file = pod.file, file != "-" {
      files.mesh = try ManifestInput([file]).readWithWarnings()
    }
    guard files.name == nil || files.mesh != nil || files.pods != nil else {
      throw CommandError(
        "--to-pod \((files.name ?? "").quotedForMessage) is no file; give the pod's file, or --listeners-from"
      )
    }
    return files
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}

/// The contents of the files of `--to-pod`.
struct DestinationFiles {
  /// The objects of the mesh; nil if only the pod's own are known.
  var mesh: ObjectList?
  let values: MeshValues
  /// The manifest of the pod.
  private(set) var pods: ObjectList?
  /// The pod's name, as `name` or `namespace/name`; nil for the pod that has the endpoint's address.
  var name: String?
  private var dump: EnvoyDump?
  /// The file with the pod's rules.
  private var rules: String?

  init(mesh: ObjectList?, values: MeshValues) {
    (self.mesh, self.values) = (mesh, values)
  }

  /// Adds a file by what it contains.
  mutating func add(_ path: String) throws {
    let bytes = try InputFile(path).bytes()
    var list = ObjectList()
    list.add(bytes, file: path)
    if !list.kinds.isEmpty {
      pods = list
    } else if let dump = try? EnvoyDump(text: String(decoding: bytes, as: UTF8.self)), !dump.listeners.isEmpty
    {
      self.dump = dump
    } else {
      rules = path
    }
  }

  /// The pod, or the one that has one of some addresses.
  ///
  /// - Parameter settings: the settings of the client, whose release applies.
  func pod(at addresses: [IPAddress], _ settings: Settings) throws -> DestinationPod {
    let pod = try options(at: addresses)
    let own = try Settings.ofDestination(pod, settings)
    let rules = try TraceRules(own, ruleset: rules, table: nil, isLive: false)
    var proxy = dump.map { EnvoyFile.proxy($0, own.configuration) }
    var made: ProxyListeners?
    if proxy == nil, let pod, pod.noRules == nil, let list = mesh ?? pods {
      let listeners = ProxyListeners(
        list, for: pod, values: values, release: settings.givenRelease, rules: own.configuration)
      (made, proxy) = (listeners, Proxy(listeners))
    }
    let name = pod.map { "\($0.object)" } ?? "the other pod"
    return DestinationPod(
      name: name, addresses: pod?.addresses ?? [], noRules: pod?.noRules, settings: own, rules: rules,
      proxy: proxy, listeners: made)
  }

  /// The options of the pod; nil if no manifest has it.
  private func options(at addresses: [IPAddress]) throws -> PodOptions? {
    guard let list = pods ?? mesh else { return nil }
    let known = pods == nil || list.podCount != 1 ? addresses.lazy.compactMap(list.podPath).first : nil
    let chosen = name ?? known
    // Without a name it is the pod that has the endpoint, or the only one of a manifest.
    guard chosen != nil || list.podCount == 1 else { return nil }
    do {
      return try list.podOptions(
        named: chosen, in: values, version: Options.ofProcess(nil).version ?? IstioVersion(.newest))
    } catch {
      throw CommandError("--to-pod: \(error)")
    }
  }
}

/// The pod at the other end of a traced connection.
struct DestinationPod {
  /// The pod's name with its kind.
  let name: String
  /// The pod's addresses; empty if they are not known.
  let addresses: [IPAddress]
  /// The reason for which it has no rules; nil if it has some.
  let noRules: NoRules?
  let settings: Settings
  var rules: TraceRules
  /// The pod's proxy; nil if it has none, or its listeners are not known.
  let proxy: Proxy?
  /// The listeners made from objects; nil if the proxy's configuration is given.
  let listeners: ProxyListeners?
}

extension Proxy {
  /// The proxy of listeners that are made from objects.
  init(_ made: ProxyListeners) {
    self.init(configuration: made.configuration, resources: made.resources)
    serviceEndpoints = made.serviceEndpoints
  }
}
