import MeshRules
public import NetworkValues
import TextOutput

/// Options for applying rules, which do not change the rules themselves.
public struct RunOptions: Hashable, Sendable {
  /// The namespace to work in.
  public enum Namespace: Hashable, Sendable {
    case current
    /// A namespace's file, such as /var/run/netns/NAME.
    case path(String)
    /// The namespace of a process.
    case process(Int32)
    /// The namespace of a pod that the container runtime of this node runs.
    case pod(PodReference)
  }

  /// The encoding of the rules in the kernel.
  public enum Form: Hashable, Sendable {
    /// That of iptables-nft.
    case iptablesNFT
    /// nf_tables' own terms, in tables `istio-proxy-*`.
    case native
    /// The tables of iptables-legacy, written by `iptables-legacy-restore`.
    case iptablesLegacy
  }

  public var namespace = Namespace.current
  public var form = Form.iptablesNFT
  public var reconciles = false
  public var cleansUpOnly = false
  /// True if a clean removes the rules of nf_tables and of iptables-legacy; false for those of `form`.
  public var cleansAllBackends = true
  public var forcesApply = false
  public var skipsRuleApply = false
  public var validates = false
  public var isDryRun = false
  /// The file for the rules of a dry run (`DRY_RUN_FILE_PATH`).
  public var dryRunFile: String?
  /// The port of the validation's connection (`--iptables-probe-port`).
  public var probePort = Port.validationProbe
  /// The time limit of the validation (`--probe-timeout`).
  public var probeTimeout = Duration.seconds(5)
  /// True if each family with rules is probed; false for that of the namespace's first address alone.
  public var probesEveryFamily = false

  /// Reads the options; mistakes stay in the reader.
  public init(reading reader: inout OptionReader) {
    reconciles = reader.toggle(.reconcile)
    cleansUpOnly = reader.toggle(.cleanupOnly)
    forcesApply = reader.toggle(.forceApply)
    skipsRuleApply = reader.toggle(.skipRuleApply)
    validates = reader.toggle(.runValidation)
    isDryRun = reader.toggle(.dryRun)
    dryRunFile = reader.text(.dryRunFile)
    readWithoutEffect(&reader)
    probePort = reader.port(.probePort, default: probePort)
    probeTimeout = reader.duration(.probeTimeout, default: probeTimeout)
    probesEveryFamily = reader.options[.ipFamily]?.text.trimmingBlanks() == "dual"
    readForm(&reader)
    readNamespace(&reader)
    refuseContradictions(&reader)
  }

  /// Options of Istio's program, of any release, that have no effect here.
  private func readWithoutEffect(_ reader: inout OptionReader) {
    _ = reader.toggle(.cniMode)
    _ = reader.toggle(.restoreFormat)
    if reader.toggle(.traceLogging), let given = reader.options[.traceLogging] {
      reader.complain(
        OptionProblem(
          given, "LOG rules are not supported; leave it out, and see trace for the rule that decides"))
    }
    readOldOptions(&reader)
  }

  /// Options of releases up to 1.21.
  private func readOldOptions(_ reader: inout OptionReader) {
    _ = reader.toggle(.hostNSEnter)
    if reader.options[.outputPaths]?.text.isEmpty == false {
      reader.warn(.outputPaths, "no effect: no file is written; print gives the rules")
    }
    if reader.options[.iptablesVersion]?.text.contains("legacy") == true {
      reader.warn(
        .iptablesVersion, "no effect: for the tables of iptables-legacy, give --force-iptables-binary legacy")
    }
  }

  private mutating func readForm(_ reader: inout OptionReader) {
    let isNative = reader.toggle(.nativeNftables)
    let isLegacy =
      reader.choice(.forceIptablesBinary, [("legacy", true), ("nft", false), ("", false)]) ?? false
    form = isNative ? .native : isLegacy ? .iptablesLegacy : .iptablesNFT
    let isOne = reader.options[.forceIptablesBinary].map { !$0.text.isEmpty } ?? false
    cleansAllBackends = reader.options[.allBackends] == nil ? !isOne : reader.toggle(.allBackends)
    if isNative, isLegacy {
      reader.complain(contradiction(reader, .nativeNftables, .forceIptablesBinary))
    }
  }

  private mutating func readNamespace(_ reader: inout OptionReader) {
    var given: [(OptionName, Namespace)] = []
    if let path = reader.value(
      .networkNamespace, wanted: "give the path of a network namespace",
      { $0.isEmpty || $0 != $0.onOneLine ? nil : $0 })
    {
      given.append((.networkNamespace, .path(path)))
    }
    if let process = reader.value(.pid, wanted: "give the number of a process", Int32.init(processText:)) {
      given.append((.pid, .process(process)))
    }
    if let pod = PodReference(reading: &reader) { given.append((.runtimePod, .pod(pod))) }
    if given.count > 1 { reader.complain(contradiction(reader, given[0].0, given[1].0)) }
    // Of two, neither is opened: the contradiction is the only error.
    namespace = given.count == 1 ? given[0].1 : .current
  }

  private func refuseContradictions(_ reader: inout OptionReader) {
    let pairs: [(Bool, OptionName, OptionName)] = [
      (skipsRuleApply && cleansUpOnly, .skipRuleApply, .cleanupOnly),
      (skipsRuleApply && forcesApply, .skipRuleApply, .forceApply),
      (skipsRuleApply && reconciles, .skipRuleApply, .reconcile),
      (cleansUpOnly && forcesApply, .cleanupOnly, .forceApply),
      (cleansUpOnly && validates, .cleanupOnly, .runValidation),
    ]
    for (isContradiction, first, second) in pairs where isContradiction {
      reader.complain(contradiction(reader, first, second))
    }
  }

  private func contradiction(_ reader: OptionReader, _ first: OptionName, _ second: OptionName)
    -> OptionProblem
  {
    let names = [first, second].map { reader.options[$0]?.name ?? $0.spelling }
    return OptionProblem("\(names[0]) and \(names[1]) contradict each other; give one of them")
  }
}

extension Int32 {
  /// Reads a process number, from 1.
  fileprivate init?(processText text: String) {
    guard let value = Int32(decimal: text), value > 0 else { return nil }
    self = value
  }
}
