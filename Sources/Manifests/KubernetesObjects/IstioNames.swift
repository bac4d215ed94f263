/// Istio's annotations, as `istio.io/api/annotation` names them.
package enum IstioAnnotation {
  /// The state of a pod's redirection in an ambient mesh.
  package static let ambientRedirection = "ambient.istio.io/redirection"
  package static let exportTo = "networking.istio.io/exportTo"
  /// The host names of a Gateway's Services, which the control plane itself writes.
  package static let gatewayServices = "internal.istio.io/gateway-service"
  package static let inject = "sidecar.istio.io/inject"
  package static let interceptionMode = "sidecar.istio.io/interceptionMode"
  package static let nativeSidecar = "sidecar.istio.io/nativeSidecar"
  package static let mergeMetrics = "prometheus.istio.io/merge-metrics"
  package static let enableCoreDump = "sidecar.istio.io/enableCoreDump"
  /// The prefix of the readiness settings of the proxy.
  package static let readinessPrefix = "readiness.status.sidecar.istio.io/"
  /// Resource requests and limits of the proxy.
  package static let proxyResources = ["proxyCPU", "proxyMemory", "proxyCPULimit", "proxyMemoryLimit"].map {
    "sidecar.istio.io/" + $0
  }
  package static let proxyConfig = "proxy.istio.io/config"
  package static let rerouteVirtualInterfaces = "istio.io/reroute-virtual-interfaces"
  package static let rewriteProbes = "sidecar.istio.io/rewriteAppHTTPProbers"
  /// The injector's record of what it added to a pod.
  package static let status = "sidecar.istio.io/status"
  package static let statusPort = "status.sidecar.istio.io/port"
  /// The templates that the injector uses for a pod.
  package static let templates = "inject.istio.io/templates"

  /// The prefix of every annotation that selects traffic.
  package static let trafficPrefix = "traffic.sidecar.istio.io/"
  package static let excludeInboundPorts = trafficPrefix + "excludeInboundPorts"
  package static let excludeInterfaces = trafficPrefix + "excludeInterfaces"
  package static let excludeOutboundIPRanges = trafficPrefix + "excludeOutboundIPRanges"
  package static let excludeOutboundPorts = trafficPrefix + "excludeOutboundPorts"
  package static let includeInboundPorts = trafficPrefix + "includeInboundPorts"
  package static let includeOutboundIPRanges = trafficPrefix + "includeOutboundIPRanges"
  package static let includeOutboundPorts = trafficPrefix + "includeOutboundPorts"
  package static let kubevirtInterfaces = trafficPrefix + "kubevirtInterfaces"
}

/// Annotations that OpenShift gives to namespaces, as `github.com/openshift/api/security/v1` names them.
package enum OpenShiftAnnotation {
  package static let domain = "openshift.io"
  /// The block of user ids of the namespace.
  package static let userIDs = "openshift.io/sa.scc.uid-range"
}

/// Istio's labels of pods and namespaces, as `istio.io/api/label` names them.
package enum IstioLabel {
  /// A label of ServiceEntries.
  package static let autoAllocateIP = "networking.istio.io/enable-autoallocate-ip"
  package static let dataplaneMode = "istio.io/dataplane-mode"
  /// The Gateway API's label of a Gateway's pods and Services.
  package static let gatewayName = "gateway.networking.k8s.io/gateway-name"
  /// The class of a Gateway, which its pods have as well.
  package static let gatewayClass = "gateway.networking.k8s.io/gateway-class-name"
  package static let managedGateway = "gateway.istio.io/managed"
  /// A label of Services whose ports do not translate those of Gateways.
  package static let keepsGatewayPorts = "experimental.istio.io/disable-gateway-port-translation"
  /// The waypoint of a namespace, Service, ServiceEntry or pod; `none` for none.
  package static let useWaypoint = "istio.io/use-waypoint"
  /// The namespace of the waypoint.
  package static let waypointNamespace = "istio.io/use-waypoint-namespace"
  /// The traffic of a waypoint: `service`, `workload`, `all` or `none`.
  package static let waypointTraffic = "istio.io/waypoint-for"
  package static let inject = "sidecar.istio.io/inject"
  /// A label of namespaces.
  package static let injection = "istio-injection"
  package static let revision = "istio.io/rev"
  /// The TLS that a workload accepts: `istio` or `disabled`.
  package static let tlsMode = "security.istio.io/tlsMode"
}

/// The names of the containers that Istio's injector adds.
package enum IstioContainer {
  package static let proxy = "istio-proxy"
  /// The init container that installs the rules.
  package static let initialization = "istio-init"
  /// The init container that checks the rules of Istio's CNI plugin.
  package static let validation = "istio-validation"
}

/// Istio's variables of the proxy that are no options of the rules.
package enum IstioVariable {
  package static let dnsAutoAllocate = "ISTIO_META_DNS_AUTO_ALLOCATE"
  package static let unprivileged = "ISTIO_META_UNPRIVILEGED_POD"
}
