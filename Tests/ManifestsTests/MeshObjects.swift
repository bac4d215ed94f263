/// Objects of a mesh as JSON, in namespace `app` unless another is given.

/// Returns a Service. An address `None` makes it headless.
func service(
  _ name: String, _ address: String, _ ports: String, namespace: String = "app", created: String = "",
  labels: String = "{}", more: String = ""
) -> String {
  #"""
  {"kind": "Service", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp": "\#(created)",
  "labels": \#(labels)}, "spec": {"clusterIP": "\#(address)", "ports": [\#(ports)]\#(more)}}
  """#
}

/// Returns a port of a Service.
func port(_ number: Int, _ name: String = "tcp", _ more: String = "") -> String {
  #"{"name": "\#(name)", "port": \#(number)\#(more)}"#
}

/// Returns an ExternalName Service.
func alias(_ name: String, of target: String, _ ports: String = "") -> String {
  service(name, "", ports, more: #", "type": "ExternalName", "externalName": "\#(target)""#)
}

/// Returns a ServiceEntry with one port, for the host `NAME.example` unless another is given.
func entry(
  _ name: String, _ addresses: String = "", port: Int = 5701, _ protocolName: String = "TCP",
  resolution: String = "DNS", namespace: String = "app", created: String = "", host: String? = nil,
  labels: String = "{}", more: String = "", status: String = "{}"
) -> String {
  let list = addresses.isEmpty ? "" : #", "addresses": [\#(addresses)]"#
  return #"""
    {"kind": "ServiceEntry", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp":
    "\#(created)", "labels": \#(labels)}, "spec": {"hosts": ["\#(host ?? name + ".example")"], "resolution": "\#(resolution)",
    "ports": [{"number": \#(port), "protocol": "\#(protocolName)"}]\#(list)\#(more)}, "status": \#(status)}
    """#
}

/// Returns the Sidecar of all workloads of a namespace.
func sidecar(_ spec: String, namespace: String = "app") -> String {
  #"{"kind": "Sidecar", "metadata": {"name": "default", "namespace": "\#(namespace)"}, "spec": {\#(spec)}}"#
}

/// Returns a Sidecar that imports some hosts.
func importing(_ hosts: String...) -> String {
  sidecar(#""egress": [{"hosts": ["\#(hosts.joined(separator: #"", ""#))"]}]"#)
}

func virtualService(
  _ spec: String, hosts: String = #"["db"]"#, name: String = "v", namespace: String = "app",
  created: String = ""
) -> String {
  #"""
  {"kind": "VirtualService", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp":
  "\#(created)"}, "spec": {"hosts": \#(hosts), \#(spec)}}
  """#
}

/// Returns a destination of a route.
func destination(_ host: String, _ more: String = "", weight: Int? = nil) -> String {
  let weight = weight.map { #", "weight": \#($0)"# } ?? ""
  return #"{"destination": {"host": "\#(host)"\#(more)}\#(weight)}"#
}

/// Returns an EndpointSlice of a Service, with one port unless others are given.
func slice(_ service: String, _ addresses: String..., ports: String = port(82)) -> String {
  let endpoints = addresses.map { #"{"addresses": ["\#($0)"]}"# }.joined(separator: ", ")
  return #"""
    {"kind": "EndpointSlice", "metadata": {"name": "\#(service)-1", "namespace": "app", "labels":
    {"kubernetes.io/service-name": "\#(service)"}}, "ports": [\#(ports)], "endpoints": [\#(endpoints)]}
    """#
}

/// Returns a Gateway for the pods with a value of the label `istio`.
func gateway(
  _ servers: String..., name: String = "g", namespace: String = "app", created: String = "",
  label: String = "in"
) -> String {
  #"""
  {"kind": "Gateway", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp": "\#(created)"},
  "spec": {"selector": {"istio": "\#(label)"}, "servers": [\#(servers.joined(separator: ", "))]}}
  """#
}

/// Returns a server of a Gateway, whose port has the name `p-NUMBER`.
func server(
  _ port: Int, _ protocolName: String, hosts: String = "*", tls: String? = nil, more: String = ""
) -> String {
  let tls = tls.map { #", "tls": {"mode": "\#($0)"}"# } ?? ""
  return #"""
    {"port": {"number": \#(port), "name": "p-\#(port)", "protocol": "\#(protocolName)"}, "hosts": ["\#(hosts)"]\#(tls)\#(more)}
    """#
}
