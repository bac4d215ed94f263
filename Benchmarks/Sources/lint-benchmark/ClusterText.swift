/// Output of `kubectl get pods,services -A -o json` for a cluster: Deployments with four injected pods each and a
/// Service in front, in forty namespaces. One Service in fifty has a port whose name has no protocol.
struct ClusterText {
  let objectCount: Int

  var text: String {
    let items = (0..<objectCount).map { number in
      number.isMultiple(of: 5) ? service(number / 5) : pod(number, of: number / 5)
    }
    return "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n\(items.joined(separator: ",\n"))\n    ],\n"
      + "    \"kind\": \"List\"\n}\n"
  }

  private func metadata(_ name: String, of app: Int, _ more: String = "") -> String {
    #"""
            "metadata": {\#(more)
                "creationTimestamp": "2026-03-01T10:\#(10 + app % 50):00Z",
                "labels": {
                    "app": "app-\#(app)",
                    "service.istio.io/canonical-name": "app-\#(app)",
                    "version": "v1"
                },
                "name": "\#(name)",
                "namespace": "team-\#(app % 40)"
            },
    """#
  }

  private func service(_ app: Int) -> String {
    #"""
            {
                "apiVersion": "v1",
                "kind": "Service",
        \#(metadata("app-\(app)", of: app))
                "spec": {
                    "clusterIP": "10.96.\#(app >> 8 & 255).\#(app & 255)",
                    "ports": [
                        {
                            "name": "\#(app.isMultiple(of: 50) ? "web" : "http")",
                            "port": 80,
                            "protocol": "TCP",
                            "targetPort": "http"
                        }
                    ],
                    "selector": {
                        "app": "app-\#(app)"
                    },
                    "type": "ClusterIP"
                }
            }
    """#
  }

  private func pod(_ number: Int, of app: Int) -> String {
    let owner = #"""
        
                  "ownerReferences": [
                      {
                          "apiVersion": "apps/v1",
                          "kind": "ReplicaSet",
                          "name": "app-\#(app)-6d4cf56db6"
                      }
                  ],
      """#
    let address = "10.\(100 + number >> 16).\(number >> 8 & 255).\(number & 255)"
    return #"""
              {
                  "apiVersion": "v1",
                  "kind": "Pod",
          \#(metadata("app-\(app)-6d4cf56db6-\(number)", of: app, owner))
                  "spec": {
                      "containers": [
                          {
                              "image": "registry.example.com/app-\#(app):1.4.2",
                              "name": "app",
                              "ports": [
                                  {
                                      "containerPort": 8080,
                                      "name": "http",
                                      "protocol": "TCP"
                                  }
                              ],
                              "readinessProbe": {
                                  "httpGet": {
                                      "path": "/app-health/app/readyz",
                                      "port": 15020
                                  }
                              }
                          },
                          {
                              "image": "docker.io/istio/proxyv2:1.22.3",
                              "name": "istio-proxy",
                              "securityContext": {
                                  "runAsGroup": 1337,
                                  "runAsUser": 1337
                              }
                          }
                      ],
                      "initContainers": [
                          {
                              "args": ["istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337", "-b", "*"],
                              "image": "docker.io/istio/proxyv2:1.22.3",
                              "name": "istio-init"
                          }
                      ]
                  },
                  "status": {
                      "phase": "Running",
                      "podIP": "\#(address)"
                  }
              }
      """#
  }
}
