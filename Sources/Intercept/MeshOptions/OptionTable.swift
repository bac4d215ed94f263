/// The table of options. A new option is a case of `OptionName` and a row here.
extension OptionRow {
  static func of(_ option: OptionName) -> OptionRow {
    switch option {
    // Rules.
    case .envoyPort:
      .rule(
        "envoy-port", .value("port"), "The proxy's outbound listener.", short: "p", default: "15001",
        variables: .none)
    case .inboundCapturePort:
      .rule(
        "inbound-capture-port", .value("port"), "The proxy's inbound listener.", short: "z", default: "15006")
    case .inboundTunnelPort:
      .rule(
        "inbound-tunnel-port", .value("port"), "The HBONE port, never captured.", short: "e", default: "15008"
      )
    case .proxyUID:
      .rule(
        "proxy-uid", .value("uids"), "The proxy's user ids; their traffic is not redirected.", short: "u",
        default: "the uid of $ENVOY_USER, else 1337")
    case .proxyGID:
      .rule(
        "proxy-gid", .value("gids"), "The proxy's group ids; their traffic is not redirected.", short: "g",
        default: "as --proxy-uid")
    case .interceptionMode:
      .rule(
        "istio-inbound-interception-mode", .value("REDIRECT|TPROXY"), "The mode of inbound capture.",
        short: "m", default: "REDIRECT")
    case .inboundPorts:
      .rule(
        "istio-inbound-ports", .list("ports"), "Inbound ports to capture: 80,8000:8100, or * for all.",
        short: "b", default: "none")
    case .excludedInboundPorts:
      .rule(
        "istio-local-exclude-ports", .list("ports"), "Inbound ports not to capture, where -b is *.",
        short: "d")
    case .excludedInterfaces:
      .rule(
        "istio-exclude-interfaces", .list("interfaces"), "Interfaces excluded from capture, both directions.",
        short: "c")
    case .outboundCIDRs:
      .rule(
        "istio-service-cidr", .list("cidrs"),
        "Destinations to capture: 10.0.0.0/8,2001:db8::/32, or * for all.", short: "i", default: "none")
    case .excludedOutboundCIDRs:
      .rule("istio-service-exclude-cidr", .list("cidrs"), "Destinations not to capture.", short: "x")
    case .outboundPorts:
      .rule(
        "istio-outbound-ports", .list("ports"), "Outbound ports to capture whatever the destination.",
        short: "q")
    case .excludedOutboundPorts:
      .rule(
        "istio-local-outbound-ports-exclude", .list("ports"), "Outbound ports not to capture.", short: "o")
    case .virtualInterfaces:
      .rule(
        "kube-virt-interfaces", .list("interfaces"),
        "Interfaces of virtual machines; their inbound traffic is treated as outbound.", short: "k")
    case .tproxyMark:
      .rule(
        "istio-inbound-tproxy-mark", .value("mark"), "TPROXY: the mark of captured packets.", short: "t",
        default: "1337")
    case .tproxyRouteTable:
      .rule(
        "istio-inbound-tproxy-route-table", .value("table"), "TPROXY: the routing table of captured packets.",
        short: "r", default: "133")
    case .redirectDNS:
      .rule(
        "redirect-dns", .toggle, "Capture DNS to the namespace's servers, for the resolver on port 15053.",
        variables: .first("ISTIO_META_DNS_CAPTURE"))
    case .captureAllDNS:
      .rule("capture-all-dns", .toggle, "Capture DNS to any server; needs --redirect-dns.")
    case .dnsServers:
      OptionRow(
        "dns-servers", .list("addresses"), "The DNS servers; empty means none.",
        default: "those of /etc/resolv.conf", variables: .named, in: .rules, of: .building)
    case .dropInvalid:
      .rule(
        "drop-invalid", .toggle, "Drop packets of no known connection.", variables: .first("INVALID_DROP"))
    case .dualStack:
      .rule(
        "dual-stack", .toggle, "Enable IPv6 if any address is IPv6, not only the first.",
        variables: .first("ISTIO_DUAL_STACK"))
    case .ipFamily:
      OptionRow(
        "ip-family", .value("auto|ipv4|dual"), "The families of the rules; auto reads the addresses.",
        default: "auto", variables: .named, in: .rules, of: .building)
    case .istioRelease:
      OptionRow(
        "istio-release", .value("release"), "Istio's release, 1.14 to 1.31.",
        default: "1.31; lint: any", variables: .named, in: .rules, of: [.building, .lint])
    case .profile:
      OptionRow(
        "profile", .value("sidecar"), "Start from the options that Istio's injector passes.", in: .rules,
        of: .building)
    case .ownerGroups:
      .variable(
        "ISTIO_OUTBOUND_OWNER_GROUPS", .list("gids"), "Groups whose outbound traffic is captured.",
        default: "*")
    case .excludedOwnerGroups:
      .variable(
        "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE", .list("gids"), "Groups whose outbound traffic is not captured."
      )
    case .loopbackCIDR:
      .variable(
        "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR", .value("cidr"), "The loopback block of self-calls.",
        default: "127.0.0.1/32")

    // Kernel.
    case .networkNamespace:
      OptionRow(
        "network-namespace", .value("path"), "Work in this network namespace, e.g. /var/run/netns/NAME.",
        variables: .named, in: .kernel, of: .inNamespace)
    case .pid:
      OptionRow(
        "pid", .value("pid"), "Work in the network namespace of this process.", in: .kernel, of: .inNamespace)
    case .nativeNftables:
      OptionRow(
        "native-nftables", .toggle, "Use nf_tables' own terms, in tables istio-proxy-*.", variables: .named,
        in: .kernel, of: [.apply, .print, .diff, .validate, .node], selectsRules: true)
    case .forceIptablesBinary:
      OptionRow(
        "force-iptables-binary", .value("legacy|nft"), "legacy: the tables of iptables-legacy.",
        default: "nft", variables: .named, in: .kernel, of: .ofRules, selectsRules: true)

    case .allBackends:
      OptionRow(
        "all-backends", .toggle, "Clean nf_tables and iptables-legacy; off with --force-iptables-binary.",
        default: "on", in: .kernel, of: .clean)

    // Applying and validating.
    case .reconcile:
      OptionRow(
        "reconcile", .toggle, "Replace Istio's rules that differ; without it they are an error.",
        variables: .named, of: [.apply, .print])
    case .forceApply:
      OptionRow(
        "force-apply", .toggle, "Write rules even if they are already right.", variables: .named,
        of: [.apply, .print])
    case .dryRun:
      OptionRow(
        "dry-run", .toggle, "List what would be done; touch nothing.", short: "n", variables: .named,
        of: [.apply, .clean])
    case .dryRunFile:
      OptionRow(
        "DRY_RUN_FILE_PATH", .value("file"), "A file for the rules that --dry-run prints.", variables: .named,
        of: .apply, hasFlag: false)
    case .check:
      OptionRow("check", .toggle, "Let the kernel check the change without making it.", of: .apply)
    case .cleanupOnly:
      OptionRow(
        "cleanup-only", .toggle, "Remove Istio's rules and install none, as clean.", variables: .named,
        of: .apply)
    case .skipRuleApply:
      OptionRow(
        "skip-rule-apply", .toggle, "Do not touch the rules, only validate (with --run-validation).",
        variables: .named, of: .apply)
    case .runValidation:
      OptionRow(
        "run-validation", .toggle, "Then test a connection, as validate.", variables: .named, of: .apply)
    case .probePort:
      OptionRow(
        "iptables-probe-port", .value("port"), "The port of the test connection.", default: "15002",
        variables: .named, of: [.apply, .validate, .ports, .tcpdump])
    case .probeTimeout:
      OptionRow(
        "probe-timeout", .value("duration"), "The time limit of validation: 5s, 500ms, 1m30s.", default: "5s",
        variables: .named, of: [.apply, .validate])

    // Accepted for Istio's sake.
    case .cniMode:
      .legacy("cni-mode", .toggle, "For Istio's CNI plugin; no effect.")
    case .restoreFormat:
      .legacy("restore-format", .toggle, "For older releases of Istio; no effect.", short: "f")
    case .traceLogging:
      .legacy("iptables-trace-logging", .toggle, "Not supported; see trace.")
    case .outputPaths:
      .legacy("output-paths", .value("paths"), "For older releases of Istio; no effect.")
    case .hostNSEnter:
      .legacy("host-nsenter-exec", .toggle, "For older releases of Istio; no effect.")
    case .iptablesVersion:
      .legacy("iptables-version", .value("version"), "For older releases of Istio; no effect.")
    case .logTarget:
      .legacy("log_target", .value("path"), "No effect: messages go to stderr.", variables: .none)
    case .logCaller:
      .legacy("log_caller", .value("scopes"), "No effect.", variables: .none)
    case .logStacktraceLevel:
      .legacy("log_stacktrace_level", .value("levels"), "No effect.", variables: .none)
    case .logRotate:
      .legacy("log_rotate", .value("path"), "No effect.", variables: .none)
    case .logRotateMaxAge:
      .legacy("log_rotate_max_age", .value("days"), "No effect.", variables: .none)
    case .logRotateMaxBackups:
      .legacy("log_rotate_max_backups", .value("number"), "No effect.", variables: .none)
    case .logRotateMaxSize:
      .legacy("log_rotate_max_size", .value("megabytes"), "No effect.", variables: .none)
    case .vklog:
      .legacy("vklog", .value("level"), "No effect.", variables: .none)

    // Logging.
    case .logOutputLevel:
      OptionRow(
        "log_output_level", .value("level"), "debug, info, warn, error, fatal or none.", default: "info",
        in: .logging, of: .all)
    case .logAsJSON:
      OptionRow("log_as_json", .toggle, "Messages as JSON, one object a line.", in: .logging, of: .all)

    // Pod.
    case .pod:
      OptionRow(
        "pod", .value("file"), "Take the options from this pod or workload: YAML or JSON.",
        in: .pod, of: [.ofPod, .accessLog])
    case .podName:
      OptionRow(
        "name", .value("name"), "The pod, where the file has several: NAME or NAMESPACE/NAME.", in: .pod,
        of: [.ofPod, .accessLog])
    case .meshValues:
      OptionRow(
        "mesh-values", .value("file"), "The mesh's settings: Istio's Helm values.", in: .pod,
        of: [.ofPod, .lint, .accessLog])
    case .showOptions:
      OptionRow(
        "show-options", .toggle, "Print the options and their sources, and do nothing else.", in: .pod,
        of: .ofPod)

    // Output.
    case .printFormat:
      OptionRow(
        "format", .value("save|restore|nft|json|svg|mermaid|dot"),
        "For iptables-save, iptables-restore --noflush, nft -f, programs; pictures.", default: "save",
        of: .print)
    case .printFamily:
      OptionRow("family", .value("ipv4|ipv6|all"), "The families to print.", default: "all", of: .print)
    case .annotate:
      OptionRow("annotate", .toggle, "Print each rule's reason as a comment above it.", of: .print)
    case .plan:
      OptionRow("plan", .toggle, "Print what apply would change in the kernel now.", of: .print)
    case .format:
      OptionRow(
        "format", .value("text|json"), "Text for people, JSON for programs.", default: "text",
        of: [.guess, .tcpdump, .accessLog, .node])
    case .reportFormat:
      OptionRow(
        "format", .value("text|json|sarif|github"),
        "People, programs, SARIF 2.1.0, GitHub.",
        default: "text", of: [.diff, .lint])
    case .answerFormat:
      OptionRow(
        "format", .value("text|json|sarif|github|svg|mermaid|dot"),
        "Reports for CI, and pictures.", default: "text",
        of: [.trace, .doctor])
    case .portsFormat:
      OptionRow(
        "format", .value("text|json|svg|mermaid|dot"), "Text for people, JSON for programs; pictures.",
        default: "text", of: .ports)
    case .family:
      OptionRow(
        "family", .value("ipv4|ipv6"), "The family to read in <file>.", default: "every family in it",
        of: [.diff, .guess])
    case .table:
      OptionRow(
        "table", .value("table"), "The table of rules in a file that names none.",
        of: [.diff, .guess, .trace])

    // Connection of a trace.
    case .to:
      .trace("to", .value("address:port"), "Its destination: 10.0.0.1:80, [fd00::1]:80.", in: .connection)
    case .from:
      .trace("from", .value("address[:port]"), "Its source.", in: .connection)
    case .uid:
      .trace("uid", .value("uid"), "The socket's user id or name.", default: "0", in: .connection)
    case .gid:
      .trace("gid", .value("gid"), "The socket's group id or name.", default: "as --uid", in: .connection)
    case .noOwner:
      .trace("no-owner", .toggle, "No socket: a reply of the kernel.", in: .connection)
    case .interface:
      .trace(
        "interface", .value("name"), "Its interface.", default: "lo or eth0",
        in: .connection)
    case .udp:
      .trace("udp", .toggle, "UDP, not TCP.", in: .connection)
    case .mark:
      .trace("mark", .value("mark"), "The packet's mark on arrival.", default: "0", in: .connection)
    case .state:
      .trace(
        "state", .value("new|established|related|invalid"), "Its conntrack state.", default: "new",
        in: .connection)
    case .sni:
      .trace("sni", .value("host"), "The server name of its TLS greeting.", in: .connection)
    case .alpn:
      .trace("alpn", .value("protocols"), "The ALPN list of its TLS greeting.", in: .connection)
    case .appProtocol:
      .trace(
        "app-protocol", .value("name"), "Its plain bytes: http/1.1 (http), http/1.0, h2c.",
        in: .connection)
    case .tls:
      .trace("tls", .toggle, "A TLS greeting without details.", in: .connection)
    case .httpHost:
      .trace(
        "http-host", .value("host"), "The host of its HTTP request.", default: "as --to", in: .connection)
    case .httpPath:
      .trace(
        "http-path", .value("path"), "The path and query of its HTTP request.", default: "/",
        in: .connection)
    case .httpMethod:
      .trace(
        "http-method", .value("method"), "The method of its HTTP request.", default: "GET", in: .connection)
    case .httpHeader:
      .trace(
        "http-header", .repeated("field"), "A header of its HTTP request, NAME:VALUE; repeatable.",
        in: .connection)

    // Sources of a trace.
    case .ruleset:
      .trace("ruleset", .value("file"), "Rules as iptables-save prints them.")
    case .live:
      OptionRow("live", .toggle, "The kernel's rules.", of: [.trace, .accessLog])
    case .flows:
      .trace("flows", .value("file"), "Connections, one JSON object a line.")
    case .envoyConfig:
      OptionRow(
        "envoy-config", .repeated("file"),
        "The proxy's listeners or configuration; repeatable.",
        of: [.trace, .accessLog, .doctor])
    case .listenersFrom:
      OptionRow(
        "listeners-from", .value("file"), "Services and other objects to make the listeners from.",
        of: [.trace, .accessLog])
    case .fromListener:
      .trace("from-listener", .value("port"), "Skip the rules and start at this listener.")
    case .quiet:
      .trace("quiet", .toggle, "Print the verdict alone.")
    case .brief:
      .trace("brief", .toggle, "Leave out rules that do not match.")

    // Real packets.
    case .kernel:
      .trace("kernel", .toggle, "Trace a real connection in the kernel.", in: .realPackets)
    case .traceTimeout:
      .trace("timeout", .value("duration"), "The time limit.", default: "60s", in: .realPackets)
    case .count:
      .trace("count", .value("number"), "Connections to wait for.", default: "1", in: .realPackets)
    case .connect:
      .trace("connect", .toggle, "Make the connection, as --uid and --gid.", in: .realPackets)

    // Lint.
    case .only:
      OptionRow("only", .repeated("rules"), "Check these rules alone; may be repeated.", of: .lint)
    case .ignore:
      OptionRow("ignore", .repeated("rules"), "Leave these rules out; may be repeated.", of: .lint)
    case .listRules:
      OptionRow("list-rules", .toggle, "Explain every rule, and read nothing.", of: .lint)
    case .explain:
      OptionRow("explain", .value("rule"), "Explain a rule, and read nothing.", of: .lint)
    case .severity:
      OptionRow(
        "severity", .value("info|warning|error"), "Report findings from this severity on.",
        default: "info", of: .lint)
    case .failOn:
      OptionRow(
        "fail-on", .value("info|warning|error"), "Status 1 from this severity on.",
        default: "info", of: .lint)
    case .assumeInjected:
      OptionRow(
        "assume-injected", .toggle,
        "Assume that pods are injected, except where their namespace disables injection or is ambient.",
        of: .lint)

    // Tools at the pod.
    case .port:
      OptionRow(
        "port", .repeated("port"), "A port of the app; may be repeated.",
        default: "those the app listens on, else 8080", of: .tcpdump)
    case .address:
      OptionRow(
        "address", .repeated("address"), "An address of the pod; may be repeated.",
        default: "the namespace's", of: .tcpdump)
    case .podInterface:
      OptionRow(
        "interface", .value("name"), "The pod's interface.", default: "that of its first address",
        of: .tcpdump)
    case .gateway:
      OptionRow(
        "gateway", .toggle, "The captures of a gateway: to pods, and to hosts outside.", of: .tcpdump)
    case .podCIDR:
      OptionRow(
        "pod-cidr", .repeated("cidr"), "With --gateway: a block of the pods' addresses; may be repeated.",
        of: .tcpdump)
    case .url:
      OptionRow(
        "url", .value("url"), "The address to ask.", default: "http://localhost:15021/healthz/ready",
        of: .wait)
    case .waitPort:
      OptionRow("port", .value("port"), "The port to ask, at the default's path.", of: .wait)
    case .waitTimeout:
      OptionRow("timeout", .value("duration"), "The time limit: 60s, 2m, 1m30s.", default: "60s", of: .wait)
    case .interval:
      OptionRow(
        "interval", .value("duration"), "The pause after each answer that is not 200.", default: "500ms",
        of: .wait)

    // Access logs.
    case .logFormat:
      OptionRow(
        "log-format", .value("format"), "The format of the lines, as Envoy's access_log_format.",
        default: "recognised", of: .accessLog)
    // Doctor and connections.
    case .askedDestinations:
      OptionRow(
        "to", .repeated("address:port"), "A destination that the app cannot reach; may be repeated.",
        of: .doctor)
    case .askProxy:
      OptionRow(
        "ask-proxy", .toggle, "Read the proxy's configuration from its port 15000, and follow it.",
        of: .doctor)
    case .reportFile:
      OptionRow("report", .value("file"), "Write a page of HTML with everything to this file.", of: .doctor)
    case .follow:
      OptionRow("follow", .toggle, "Then report new and closed connections, until stopped.", of: .connections)
    case .filterPort:
      OptionRow("port", .value("port"), "Connections with this port on either side.", of: .connections)
    case .filterDestination:
      OptionRow("to", .value("cidr"), "Connections to this block or address.", of: .connections)
    case .filterUser:
      OptionRow("uid", .value("uid"), "Connections with a socket of this user.", of: .connections)
    case .filterProcess:
      OptionRow("process", .value("name"), "Connections of a program of this name.", of: .connections)
    case .filterVerdict:
      OptionRow(
        "verdict", .value("redirect|tproxy|dnat|accept|bypass"),
        "Connections that the rules sent there; bypass: past the proxy.", of: .connections)
    case .tableFormat:
      OptionRow(
        "format", .value("table|json"), "A table for people, JSON for programs.", default: "table",
        of: .connections)

    // The plugin on a node.
    case .pluginBinary:
      .node(
        "plugin", .value("file"), "The plugin's binary to install.",
        default: "istio-cni-swift beside this program")
    case .binaryFolder:
      .node("cni-bin-dir", .value("dir"), "The folder of plugins.", default: "/opt/cni/bin")
    case .configurationFolder:
      .node("cni-conf-dir", .value("dir"), "The folder of network configurations.", default: "/etc/cni/net.d")
    case .configurationName:
      .node(
        "cni-conf-name", .value("name"), "The configuration to add the entry to.",
        default: "the first valid one")
    case .notChained:
      .node("standalone", .toggle, "Write a configuration of its own, for Multus and OpenShift.")
    case .cacheFolder:
      .node(
        "cni-cache-dir", .value("dir"), "The runtime's records of pods.", default: "/var/lib/cni/results")
    case .runFolder:
      .node(
        "cni-agent-run-dir", .value("dir"), "The folder of the agent's socket and of the log.",
        default: "/var/run/istio-cni")
    case .excludedNamespaces:
      .node(
        "exclude-namespaces", .list("names"), "Namespaces whose pods get no rules.", default: "kube-system")
    case .agentNamespace:
      .node("pod-namespace", .value("name"), "The namespace of the node agent's pods.")
    case .pluginLogLevel:
      .node(
        "plugin-log-level", .value("level"), "debug, info, warn, error or none.", default: "info")
    case .proxyDefault:
      .node(
        "proxy-default", .repeated("name=value"),
        "A setting of proxies that nothing else gives, such as ISTIO_META_DNS_CAPTURE=true; repeatable.")
    }
  }
}
