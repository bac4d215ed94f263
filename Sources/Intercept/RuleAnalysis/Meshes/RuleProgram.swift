public import RuleModel

/// A program that installs packet-filter rules, identified by the names of its chains.
public enum RuleProgram: String, Hashable, Sendable, CaseIterable {
  case istio = "istio"
  case linkerd = "linkerd"
  case kuma = "kuma"
  case consul = "consul"
  case openServiceMesh = "osm"
  case appMesh = "app mesh"
  case serviceConnect = "app mesh (ECS Service Connect)"
  case cilium = "cilium"
  case calico = "calico"
  case kubeProxy = "kube-proxy"
  case kubelet = "kubelet"
  case docker = "docker"
  case firewalld = "firewalld"
  case cniPortmap = "CNI portmap"
  case flannel = "flannel"
  case weave = "weave"
  case antrea = "antrea"
  case netavark = "netavark"
  case libvirt = "libvirt"
  case ufw = "ufw"
  case tailscale = "tailscale"
  case fail2ban = "fail2ban"

  /// True for a service mesh, whose rules send connections of a pod to a proxy.
  public var isMesh: Bool {
    switch self {
    case .istio, .linkerd, .kuma, .consul, .openServiceMesh, .appMesh, .serviceConnect: true
    case .cilium, .calico, .kubeProxy, .kubelet, .docker, .firewalld, .cniPortmap, .flannel, .weave, .antrea,
      .netavark, .libvirt, .ufw, .tailscale, .fail2ban:
      false
    }
  }

  /// The beginnings of its chains' names.
  private var prefixes: [String] {
    switch self {
    case .istio: ["ISTIO_", "ztunnel-"]
    case .linkerd: ["PROXY_INIT_"]
    case .kuma: ["KUMA_MESH_", "MESH_"]
    case .consul: ["CONSUL_PROXY_", "CONSUL_DNS_", "CONSUL_NAT_"]
    case .openServiceMesh: ["OSM_PROXY_"]
    case .appMesh: ["APPMESH_"]
    case .serviceConnect: ["ECS_SERVICE_CONNECT_"]
    case .cilium: ["CILIUM_", "OLD_CILIUM_"]
    case .calico: ["cali-", "felix-"]
    case .kubelet: ["KUBE-KUBELET-", "KUBE-FIREWALL", "KUBE-MARK-DROP"]
    case .kubeProxy: ["KUBE-"]
    case .docker: ["DOCKER"]
    case .firewalld: []
    case .cniPortmap: ["CNI-"]
    case .flannel: ["FLANNEL-"]
    case .weave: ["WEAVE"]
    case .antrea: ["ANTREA-"]
    case .netavark: ["NETAVARK"]
    case .libvirt: ["LIBVIRT_"]
    case .ufw: ["ufw-", "ufw6-"]
    case .tailscale: ["ts-"]
    case .fail2ban: ["f2b-"]
    }
  }

  /// The ends of its chains' names.
  private var suffixes: [String] {
    self == .firewalld ? ["_ZONES", "_ZONES_SOURCE", "_direct", "_POLICIES_pre"] : []
  }

  private func owns(_ name: String) -> Bool {
    prefixes.contains(where: name.hasPrefix) || suffixes.contains(where: name.hasSuffix)
  }

  /// The owner of a table of nf_tables' own; nil for an unknown name.
  public init?(owningTable name: String) {
    switch name {
    case "istio-ambient-nat", "istio-ambient-mangle", "istio-ambient-raw": self = .istio
    case "consul_tproxy": self = .consul
    case "kube-proxy": self = .kubeProxy
    case "firewalld": self = .firewalld
    case "docker-bridges": self = .docker
    case "calico": self = .calico
    default: return nil
    }
  }

  /// The programs in the order in which names are compared: `KUBE-KUBELET-` before `KUBE-`.
  private static let inOrder = [kubelet] + allCases.filter { $0 != .kubelet }

  /// The owner of a chain; nil for a built-in chain and an unknown name.
  public init?(owning chain: ChainName) {
    guard chain.hook == nil, let owner = Self.inOrder.first(where: { $0.owns(chain.text) }) else {
      return nil
    }
    self = owner
  }
}

extension Rule {
  /// The program whose comment the rule has in a built-in chain.
  var commentingProgram: RuleProgram? {
    for case .comment(let comment) in matches {
      if comment.text.hasPrefix("proxy-init/") { return .linkerd }
      if comment.text.hasPrefix("kuma/") { return .kuma }
      if comment.text.hasPrefix("cali:") { return .calico }
      if comment.text.hasPrefix("kubernetes ") { return .kubeProxy }
    }
    return nil
  }
}
