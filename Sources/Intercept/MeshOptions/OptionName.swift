/// The options that say which rules to build and how to apply them: Istio's own, by their long names, and ours.
public enum OptionName: String, Hashable, Sendable, CaseIterable {
  case envoyPort = "envoy-port"
  case inboundCapturePort = "inbound-capture-port"
  case inboundTunnelPort = "inbound-tunnel-port"
  case proxyUID = "proxy-uid"
  case proxyGID = "proxy-gid"
  case interceptionMode = "istio-inbound-interception-mode"
  case inboundPorts = "istio-inbound-ports"
  case excludedInboundPorts = "istio-local-exclude-ports"
  case excludedInterfaces = "istio-exclude-interfaces"
  case outboundCIDRs = "istio-service-cidr"
  case excludedOutboundCIDRs = "istio-service-exclude-cidr"
  case outboundPorts = "istio-outbound-ports"
  case excludedOutboundPorts = "istio-local-outbound-ports-exclude"
  case virtualInterfaces = "kube-virt-interfaces"
  case tproxyMark = "istio-inbound-tproxy-mark"
  case tproxyRouteTable = "istio-inbound-tproxy-route-table"
  case redirectDNS = "redirect-dns"
  case captureAllDNS = "capture-all-dns"
  case dropInvalid = "drop-invalid"
  case dualStack = "dual-stack"
  case networkNamespace = "network-namespace"
  case reconcile = "reconcile"
  case cleanupOnly = "cleanup-only"
  case forceApply = "force-apply"
  case skipRuleApply = "skip-rule-apply"
  case runValidation = "run-validation"
  case cniMode = "cni-mode"
  case probePort = "iptables-probe-port"
  case probeTimeout = "probe-timeout"
  case nativeNftables = "native-nftables"
  case forceIptablesBinary = "force-iptables-binary"
  case dryRun = "dry-run"
  case ownerGroups = "ISTIO_OUTBOUND_OWNER_GROUPS"
  case excludedOwnerGroups = "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE"
  case loopbackCIDR = "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR"
  case istioRelease = "istio-release"
  case ipFamily = "ip-family"
  case dnsServers = "dns-servers"
  case profile = "profile"
  case pid = "pid"
  case restoreFormat = "restore-format"
  case traceLogging = "iptables-trace-logging"
  case outputPaths = "output-paths"
  case hostNSEnter = "host-nsenter-exec"
  case iptablesVersion = "iptables-version"
  case logOutputLevel = "log_output_level"
  case logAsJSON = "log_as_json"
  case logTarget = "log_target"
  case logCaller = "log_caller"
  case logStacktraceLevel = "log_stacktrace_level"
  case logRotate = "log_rotate"
  case logRotateMaxAge = "log_rotate_max_age"
  case logRotateMaxBackups = "log_rotate_max_backups"
  case logRotateMaxSize = "log_rotate_max_size"
  case vklog = "vklog"
}

extension OptionName {
  /// The flag, `--` included; nil for an option that only a variable can give.
  public var flag: String? {
    switch self {
    case .ownerGroups, .excludedOwnerGroups, .loopbackCIDR: nil
    default: "--" + rawValue
    }
  }

  /// The option of a long flag, `--` included.
  init?(flag: String) {
    guard flag.hasPrefix("--") else { return nil }
    let name = flag.dropFirst(2)
    guard let option = Self.allCases.first(where: { $0.rawValue == name && $0.flag != nil }) else {
      return nil
    }
    self = option
  }

  /// The letter of the short flag.
  public var letter: Character? {
    switch self {
    case .envoyPort: "p"
    case .inboundCapturePort: "z"
    case .inboundTunnelPort: "e"
    case .proxyUID: "u"
    case .proxyGID: "g"
    case .interceptionMode: "m"
    case .inboundPorts: "b"
    case .excludedInboundPorts: "d"
    case .excludedInterfaces: "c"
    case .outboundCIDRs: "i"
    case .excludedOutboundCIDRs: "x"
    case .outboundPorts: "q"
    case .excludedOutboundPorts: "o"
    case .virtualInterfaces: "k"
    case .tproxyMark: "t"
    case .tproxyRouteTable: "r"
    case .dryRun: "n"
    case .restoreFormat: "f"
    default: nil
    }
  }

  /// The environment variables that give the option, the one that wins first.
  public var variables: [String] {
    switch self {
    case .envoyPort, .profile, .pid, .logOutputLevel, .logAsJSON, .logTarget, .logCaller, .logStacktraceLevel,
      .logRotate, .logRotateMaxAge, .logRotateMaxBackups, .logRotateMaxSize, .vklog:
      []
    case .ownerGroups, .excludedOwnerGroups, .loopbackCIDR: [rawValue]
    case .redirectDNS: ["ISTIO_META_DNS_CAPTURE", ownVariable]
    case .dropInvalid: ["INVALID_DROP", ownVariable]
    case .dualStack: ["ISTIO_DUAL_STACK", ownVariable]
    default: [ownVariable]
    }
  }

  /// The upper-cased long name with `_` for `-`.
  private var ownVariable: String { String(decoding: rawValue.utf8.map(Self.variableByte), as: UTF8.self) }

  private static func variableByte(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "-"): UInt8(ascii: "_")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - (UInt8(ascii: "a") - UInt8(ascii: "A"))
    default: byte
    }
  }

  /// Whether the option is given without a value, or with one behind `=`.
  public var isToggle: Bool {
    switch self {
    case .redirectDNS, .captureAllDNS, .dropInvalid, .dualStack, .reconcile, .cleanupOnly, .forceApply,
      .skipRuleApply, .runValidation, .cniMode, .nativeNftables, .dryRun, .restoreFormat, .traceLogging,
      .hostNSEnter, .logAsJSON:
      true
    default: false
    }
  }

  /// Whether an empty variable means that nobody set it: where a boolean, number, duration or one word of a few
  /// is wanted, nothing is no answer; an empty list is one.
  var treatsEmptyVariableAsUnset: Bool {
    switch self {
    case .inboundPorts, .excludedInboundPorts, .excludedInterfaces, .outboundCIDRs, .excludedOutboundCIDRs,
      .outboundPorts, .excludedOutboundPorts, .virtualInterfaces, .ownerGroups, .excludedOwnerGroups,
      .dnsServers:
      false
    default: true
    }
  }
}
