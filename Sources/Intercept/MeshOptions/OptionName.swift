/// An option of the command line tool, in the order of the table. `OptionRow` describes each one.
public enum OptionName: Int, Hashable, Sendable, CaseIterable {
  // Rules.
  case envoyPort, inboundCapturePort, inboundTunnelPort, proxyUID, proxyGID, interceptionMode
  case inboundPorts, excludedInboundPorts, excludedInterfaces
  case outboundCIDRs, excludedOutboundCIDRs, outboundPorts, excludedOutboundPorts, virtualInterfaces
  case tproxyMark, tproxyRouteTable
  case redirectDNS, captureAllDNS, dnsServers, dropInvalid, dualStack, ipFamily, istioRelease, profile
  case ownerGroups, excludedOwnerGroups, loopbackCIDR
  // Kernel.
  case networkNamespace, pid, runtimePod, runtimeSocket
  case nativeNftables, forceIptablesBinary, allBackends
  // Output.
  case printFormat, printFamily, annotate, plan, format, reportFormat, answerFormat, portsFormat, family,
    table
  // Applying and validating.
  case reconcile, forceApply, dryRun, dryRunFile, check, cleanupOnly, skipRuleApply, runValidation
  case probePort, probeTimeout
  // Accepted for Istio's sake.
  case cniMode, restoreFormat, traceLogging, outputPaths, hostNSEnter, iptablesVersion
  case logTarget, logCaller, logStacktraceLevel, logRotate, logRotateMaxAge, logRotateMaxBackups
  case logRotateMaxSize, vklog
  // Logging.
  case logOutputLevel, logAsJSON
  // Pod.
  case pod, podName, meshValues, showOptions
  // Connection of a trace.
  case to, from, uid, gid, noOwner, interface, outInterface, udp, mark, state, sni, alpn, appProtocol, tls
  case httpHost, httpPath, httpMethod, httpHeader
  // Sources of a trace.
  case ruleset, live, flows, envoyConfig, listenersFrom, fromListener, toPod, quiet, brief
  // Real packets.
  case kernel, traceTimeout, count, connect
  // Lint.
  case only, ignore, listRules, explain, severity, failOn, assumeInjected
  // Tools at the pod.
  case port, address, podInterface, gateway, podCIDR, url, waitPort, waitTimeout, interval
  // Access logs.
  case logFormat
  // Doctor and connections.
  case askedDestinations, askProxy, reportFile, follow, filterPort, filterDestination, filterUser,
    filterProcess, filterVerdict
  case tableFormat
  // The plugin on a node.
  case pluginBinary, binaryFolder, configurationFolder, configurationName, notChained, cacheFolder, runFolder
  case excludedNamespaces, agentNamespace, pluginLogLevel, proxyDefault
}

extension OptionName {
  /// The description of the option.
  public var row: OptionRow { OptionTable.rows[rawValue] }

  /// The long flag, `--` included; nil for an option that only a variable sets.
  public var flag: String? { row.hasFlag ? "--" + row.name : nil }

  /// The letter of the short flag.
  public var letter: Character? { row.letter }

  /// The name for messages: the long flag, or the variable.
  public var spelling: String { flag ?? row.name }

  /// The environment variables that set the option, the one that wins first.
  public var variables: [String] { row.variableNames }

  /// True if the option needs no value, and takes one only after `=`.
  public var isToggle: Bool { row.kind == .toggle }

  /// True if the option is Istio's and selects the rules; false if it only changes how a program installs them.
  public var selectsRules: Bool { row.selectsRules }

  /// True if an empty variable counts as unset: only a list may be empty.
  var treatsEmptyVariableAsUnset: Bool {
    switch row.kind {
    case .list: false
    case .toggle, .value, .repeated: true
    }
  }

  /// True if the subcommand takes the option.
  public func isTaken(by subcommand: Subcommand) -> Bool { row.takenBy.contains(subcommand.alone) }

  /// The options that a subcommand takes.
  public static func taken(by subcommand: Subcommand) -> [OptionName] {
    allCases.filter { $0.isTaken(by: subcommand) }
  }
}
